"""The day of payment that a sales file tells of its documents."""

from datetime import date
from typing import Any

import pytest

from chalicelib.exchange.reading.rules import CellFault
from chalicelib.platform.context import Context
from chalicelib.sales.payments import keys as payments_keys
from tests.exchange.documents.test_rules import drafts
from tests.exchange.reading.test_rows import cells, reader
from tests.exchange.reading.test_rows import row as read_row
from tests.exchange.sales_files.steps import HEADING, bring, counts, row, table
from tests.support.api import Api
from tests.support.table import everything

PAID = [*HEADING, "Дата оплаты"]


def paid_on(context: Context, document: str) -> Any:
    item = context.table.get(payments_keys.payment("1c-main", document))
    return item and (item.get("paid_on"), item["as_of"], item["by"])


def events(context: Context) -> int:
    return sum(item.get("event") == "payment.recorded" for item in everything(context).values())


def test_a_file_tells_which_sales_are_paid_and_says_nothing_of_the_others(api: Api, context: Context) -> None:
    rows = [
        [*row("УТ-1"), "15.01.2026"],
        [*row("УТ-1", sku="L-2"), ""],
        [*row("УТ-2"), ""],
        [*row("ВЗ-1", quantity="-1", amount="-50,00"), "15.01.2026"],
    ]
    done = bring(api, context, table(*rows, heading=PAID))
    assert counts(done) == ({"total": 4, "created": 4}, {"created": 3})
    assert paid_on(context, "2026/УТ-1") == ("2026-01-15", done["uploaded_at"], done["import_id"])
    assert [paid_on(context, each) for each in ("2026/УТ-2", "2026-returns/ВЗ-1")] == [None, None]
    assert events(context) == 1
    again = bring(api, context, table(*rows, heading=PAID), key="again")
    assert counts(again) == ({"total": 4, "unchanged": 4}, {"unchanged": 3})
    assert events(context) == 1


def test_a_dry_run_records_no_payment(api: Api, context: Context) -> None:
    bring(api, context, table([*row(), "15.01.2026"], heading=PAID), dry_run=True)
    assert paid_on(context, "2026/УТ-1") is None


def test_a_document_with_two_days_of_payment_is_paid_on_the_last(api: Api, context: Context) -> None:
    done = bring(api, context, table([*row(), "15.01.2026"], [*row(sku="L-2"), "16.01.2026"], heading=PAID))
    assert counts(done) == ({"total": 2, "created": 2}, {"created": 1})
    assert paid_on(context, "2026/УТ-1") == ("2026-01-16", done["uploaded_at"], done["import_id"])


@pytest.mark.parametrize(("given", "code"), [("завтра", "date"), ("01.01.2200", "date_out_of_range")])
def test_a_wrong_day_of_payment_is_a_wrong_row(given: str, code: str) -> None:
    found, _ = reader().read(2, cells(paid_on=given))
    assert [(each.field, each.code) for each in found if isinstance(each, CellFault)] == [("paid_on", code)]


def test_a_sale_takes_the_day_of_any_of_its_rows_and_a_return_none() -> None:
    (sale,) = drafts([read_row(2), read_row(3, paid_on="12.01.2026")]).good()
    (back,) = drafts([read_row(2, quantity="-1", paid_on="12.01.2026")]).good()
    assert (sale.paid_on, back.paid_on) == (date(2026, 1, 12), None)
