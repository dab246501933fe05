"""The cost of goods stays with the staff."""

import json
from pathlib import Path

import pytest

import chalicelib
from chalicelib.platform.openapi.selection import document_of
from infra import openapi

ROOT = Path(chalicelib.__file__).parent
WORD = "cost_price"
DOCUMENT = json.loads(openapi.FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("role", ["guest", "owner", "buyer", "accountant", "engineer", "distributor"])
def test_nobody_but_the_staff_has_an_operation_that_names_it(role: str) -> None:
    assert WORD not in json.dumps(document_of(DOCUMENT, role))


def test_a_machine_writes_it_and_reads_it_nowhere() -> None:
    schemas = document_of(DOCUMENT, "machine")["components"]["schemas"]
    assert [name for name, each in schemas.items() if WORD in json.dumps(each)] == ["ProductRowsForm"]


def test_no_letter_file_webhook_or_table_knows_the_word() -> None:
    """A field that is shown, sent or exported is named where that is made."""
    texts = (path for path in ROOT.rglob("*") if path.suffix in (".py", ".toml", ".html", ".txt"))
    knowing = {path.relative_to(ROOT).as_posix() for path in texts if WORD in path.read_text(encoding="utf-8")}
    assert knowing == {
        "catalog/rules.py",
        "catalog/schemas.py",
        "catalog/service.py",
        "catalog/store.py",
        "orders/order/rules.py",
        "platform/list_files/headings.ru.toml",  # of the staff's own list of products
        "retention/results/rules.py",
    }
