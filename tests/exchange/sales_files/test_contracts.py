"""The contract that a sales file tells of its documents."""

from typing import Any

import pytest

from chalicelib.platform.context import Context
from tests.exchange.documents.test_rules import drafts
from tests.exchange.reading.test_rows import cells, reader
from tests.exchange.reading.test_rows import row as read_row
from tests.exchange.sales_files.steps import HEADING, bring, counts, row, table
from tests.sales.test_contracts import contracts
from tests.support.api import Api


@pytest.mark.parametrize("heading", ["Договор", "Договор контрагента", "№ договора", "Contract"])
def test_a_file_tells_the_contracts_of_its_documents(api: Api, context: Context, heading: str) -> None:
    rows = [[*row("УТ-1"), "Поставка № 7"], [*row("УТ-1", sku="L-2"), ""], [*row("УТ-2"), ""]]
    done = bring(api, context, table(*rows, heading=[*HEADING, heading]))
    assert counts(done) == ({"total": 3, "created": 3}, {"created": 2})
    assert contracts(context) == {"УТ-1": "Поставка № 7", "УТ-2": ""}


def test_a_document_of_two_contracts_has_none_and_counts() -> None:
    (draft,) = drafts([read_row(2, contract="Д-1"), read_row(3, contract="Д-2")]).good()
    assert (draft.contract, len(draft.lines)) == ("", 2)


def test_a_contract_is_no_fault_of_a_row() -> None:
    def read(text: str) -> Any:
        found, _ = reader().read(2, cells(contract=text))
        return found.contract  # type: ignore[union-attr]

    assert read(" Основной \n договор ") == "Основной договор"
    assert len(read("Д" * 500)) == 100


def test_a_group_of_a_report_is_a_contract(api: Api, context: Context) -> None:
    lines = [
        ["Контрагент", "Количество", "Сумма"],
        ["Договор", "", ""],
        ["Регистратор", "", ""],
        ["Номенклатура", "", ""],
        ["ООО Луч", "5", "250,00"],
        ["Поставка № 7", "3", "150,00"],
        ["Реализация товаров и услуг УТ-1 от 12.01.2026 10:00:00", "3", "150,00"],
        ["Лампа", "3", "150,00"],
        ["Основной договор", "2", "100,00"],
        ["Реализация товаров и услуг УТ-2 от 13.01.2026 10:00:00", "2", "100,00"],
        ["Лампа", "2", "100,00"],
        ["Итого", "5", "250,00"],
    ]
    heading, *rest = lines
    bring(api, context, table(*rest, heading=heading))
    assert contracts(context) == {"УТ-1": "Поставка № 7", "УТ-2": "Основной договор"}
