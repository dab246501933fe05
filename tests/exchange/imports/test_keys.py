"""The calls and the capacity of the keys of imported files, counted as AWS counts."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.exchange.imports import keys as sales_files_keys
from chalicelib.exchange.imports import store as sales_files_store
from chalicelib.exchange.imports.model import ImportForm
from chalicelib.exchange.reading.model import Found, SplitFile
from chalicelib.exchange.reading.parts import packed
from chalicelib.exchange.sales_files import jobs as sales_files_jobs
from chalicelib.exchange.sales_files import service as sales_files
from chalicelib.exchange.sales_files import views as sales_files_views
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.exchange.reading.test_rows import row
from tests.support import partners
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


class Objects:
    """The bucket, so that only the table's calls are left."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        monkeypatch.setattr(sales_files_store, "get", lambda import_id, name: self.held[import_id, name])
        monkeypatch.setattr(sales_files_store, "get_if_any", lambda import_id, name: self.held.get((import_id, name)))
        monkeypatch.setattr(
            sales_files_store, "put", lambda import_id, name, content: self.held.update({(import_id, name): content})
        )
        monkeypatch.setattr(
            sales_files_store, "link", lambda import_id, name, file_name: f"https://files.example/{name}"
        )


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Objects:
    return Objects(monkeypatch)


def written(
    context: Context, objects: Objects, import_id: str = "imp_1", documents: int = 40
) -> Iterator[dict[str, Any]]:
    """An import whose rows lie in two parts of so many documents; yields the messages."""
    tx = Transaction()
    sales_files_store.create(
        tx, context, import_id, ImportForm(source="1c-main", file_name="sales.csv"), "RUB", "mbr_staff"
    )
    context.table.commit(tx)
    partners.on_staff(context, "mbr_staff", "operations")
    sales_files_store.begin_splitting(context, import_id, "etag")
    columns: Any = {
        "document": "Номер",
        "business_date": "Дата",
        "customer": "Код",
        "name": "Товар",
        "quantity": "Кол",
        "amount": "Сумма",
    }
    found = Found("csv", "", "utf-8", ";", 1, columns, {}, "comma")
    record = sales_files_store.load(context, import_id)
    assert record
    sales_files_store.begin_writing(context, record, SplitFile(2 * documents, 0, 2, found), "digest")
    for part in (1, 2):
        rows = (row(n + 2, document=f"УТ-{n * 2 + part}", amount="10,00") for n in range(documents))
        objects.held[import_id, f"parts/{part:06d}"] = gzip.compress(packed(rows))
        yield {"body": json.dumps({"import_id": import_id, "run": 1, "part": part})}


@measures(sales_files_keys.import_, sales_files_keys.import_part)
def test_an_import_is_shown_by_one_call_of_one_unit(context: Context, objects: Objects) -> None:
    list(written(context, objects))
    with spent(context.table.client) as cost:
        assert sales_files_views.show(context, "imp_1", "en").state == "writing"
    assert cost.calls == ["GetItem"]
    assert cost.read_units == 1


@measures(sales_files_keys.import_, sales_files_keys.import_part)
def test_a_part_costs_its_documents_and_a_few_calls(context: Context, objects: Objects) -> None:
    first, second = written(context, objects)
    sales_files_jobs.write_imports(context, first)
    with spent(context.table.client) as cost:
        sales_files_jobs.write_imports(context, second)
    assert cost.calls == [
        "BatchGetItem",  # the import, and whether this part is done
        "BatchGetItem",  # customers
        "BatchGetItem",  # the documents before; a company that this import made has no others, no tier and no shipments
        "TransactWriteItems",  # documents and days
        "TransactWriteItems",  # the part, and the import's counts
        "GetItem",  # was it the last part
        "Query",  # the parts
        "UpdateItem",  # done
    ]
    with spent(context.table.client) as again:
        sales_files_jobs.write_imports(context, second)
    assert again.calls == ["BatchGetItem"]
    later, _ = written(replace(context, now=context.now + timedelta(days=1)), objects, "imp_2", documents=80)
    with spent(context.table.client) as known:
        sales_files_jobs.write_imports(context, later)
    assert known.calls == [
        "BatchGetItem",  # the import, and whether this part is done
        "BatchGetItem",  # customers
        "BatchGetItem",  # the documents before
        "BatchGetItem",  # those that unknown ones may be, near New Year or with the other sign
        "BatchGetItem",  # shipments of orders with these numbers
        "TransactWriteItems",  # documents and days
        "TransactWriteItems",  # and their second half
        "TransactWriteItems",  # the part, and the import's counts
        "GetItem",  # was it the last part
    ]
    assert sales_files_views.show(context, "imp_1", "en").documents.created == 80


@measures(sales_files_keys.import_list)
def test_imports_are_listed_by_one_call(context: Context, objects: Objects) -> None:
    for number in range(30):
        later = replace(context, now=context.now + timedelta(minutes=number))
        list(written(later, objects, f"imp_{number}", documents=1))
    with spent(context.table.client) as cost:
        found, _ = sales_files.list_imports(context, "en", 25, None)
    assert [each.import_id for each in found] == [f"imp_{number}" for number in range(29, 4, -1)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 25 * 1.5 / 4 / 2 + 0.5


@measures(sales_files_keys.profile)
def test_the_profiles_of_a_source_are_one_call(context: Context) -> None:
    form = ImportForm(source="1c-main", file_name="sales.csv", heading_row=3)
    for number in range(3):
        item = {"import_id": "imp_1", "fingerprint": f"{number}", "created_by": "mbr_1"}
        sales_files_store.keep_profile(context, sales_files_store.ImportRecord(item, form))
    with spent(context.table.client) as cost:
        found = sales_files_store.profiles(context, "1c-main")
    assert [profile.heading_row for profile in found.values()] == [3, 3, 3]
    assert cost.calls == ["Query"]
