"""The calls and the capacity of the keys of purchases, counted as AWS counts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import sales as sales_room
from chalicelib.platform.context import Context
from chalicelib.sales import consumers as sales_consumers
from chalicelib.sales import keys as sales_keys
from chalicelib.sales import service as sales
from chalicelib.sales.rules import SaleLine
from chalicelib.table.client import Table
from chalicelib.table.key import SHARDS
from tests.conftest import NOON
from tests.sales.steps import DAY, events, invoice, line, returned
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def lines(count: int) -> list[SaleLine]:
    """Of the length that lines have in practice."""
    return [
        SaleLine.of(f"АРТ-{n:05}", f"Светильник потолочный {n}", Decimal(2), Decimal("149.90")) for n in range(count)
    ]


def look(context: Context, **asked: Any) -> list[Any]:
    chosen = {"first": None, "last": None, "with_lines": False, "limit": 25, "after": None, **asked}
    return sales.purchases(context, "cmp_1", **chosen)[0]


@measures(sales_keys.day_total)
def test_ninety_days_of_purchases_are_one_call_of_four_units(context: Context) -> None:
    first = date(2026, 8, 1)
    sales_room.record(context, [invoice(f"УТ-{n}", "12345.67", day=first + timedelta(n)) for n in range(120)])
    with spent(context.table.client) as cost:
        found = sales_room.day_totals(context, "cmp_1", first, first + timedelta(89))
    assert len(found.net) == 90
    assert cost.calls == ["Query"]
    assert cost.read_units <= 4


@measures(sales_keys.sale)
def test_a_page_of_purchases_is_one_call_whose_price_is_the_size_of_its_documents(context: Context) -> None:
    documents = [invoice(f"УТ-{n}", day=DAY + timedelta(n))._replace(lines=lines(18)) for n in range(40)]
    sales_room.record(context, documents)
    for with_lines in (False, True):
        with spent(context.table.client) as cost:
            found = look(context, with_lines=with_lines)
        assert [each.document for each in found] == [f"УТ-{n}" for n in range(39, 14, -1)]
        assert cost.calls == ["Query"]
        assert cost.read_units <= 25 * 2.2 / 4 / 2 + 0.5  # 2.2 KB each, at 4 KB a unit, eventually consistent


@measures(sales_keys.sale)
def test_a_day_is_read_without_the_others(context: Context) -> None:
    sales_room.record(
        context, [invoice(f"УТ-{n}", day=DAY + timedelta(n))._replace(lines=lines(18)) for n in range(40)]
    )
    with spent(context.table.client) as cost:
        (found,) = look(context, first=DAY, last=DAY)
    assert (found.document, cost.calls) == ("УТ-0", ["Query"])
    assert cost.read_units <= 0.5


@measures(sales_keys.sale)
def test_the_history_of_a_window_is_one_call_however_often_its_documents_were_corrected(context: Context) -> None:
    for amount in ("1.00", "2.00"):
        sales_room.record(
            context, [invoice(f"УТ-{n}", amount)._replace(lines=[*lines(17), line(amount)]) for n in range(40)]
        )
    with spent(context.table.client) as cost:
        found = sales_room.history(context, "cmp_1", DAY - timedelta(89), DAY)
    assert (len(found), sum(each.known_at(None) for each in found)) == (80, 40)
    assert cost.calls == ["Query"]
    assert cost.read_units <= 80 * 2.2 / 4 + 1  # 2.2 KB each, with the lines that are not sent
    with spent(context.table.client) as cost:
        assert sales_room.earliest_known(context, "cmp_1", "9999") is not None
    assert cost.calls == ["Query"]


@measures(sales_keys.document)
def test_what_is_known_of_a_hundred_documents_is_one_call_of_a_unit_each(context: Context) -> None:
    documents = [invoice(f"УТ-{n}") for n in range(100)]
    sales_room.record(context, documents)
    with spent(context.table.client) as cost:
        assert sales_room.record(context, documents) == ["unchanged"] * 100
    assert cost.calls == ["BatchGetItem"]
    assert cost.read_units == 100


@measures(sales_keys.document)
def test_forty_eight_new_documents_of_a_day_are_one_transaction(context: Context) -> None:
    with spent(context.table.client) as cost:
        sales_room.record(context, [invoice(f"УТ-{n}")._replace(lines=lines(5)) for n in range(48)])
    # What is known of them, then what was shipped under their numbers.
    assert cost.calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    # In a transaction each of HEAD, SALE and DAY costs two units a KB; the list of the source's documents costs one.
    assert cost.write_units == 2 * (48 + 48 + 1) + 48


@measures(sales_keys.day_total)
def test_what_was_given_back_lies_in_the_day_of_the_sale_and_costs_no_call(context: Context) -> None:
    for n in range(30):
        sales_room.record(context, [invoice(f"УТ-{n}", "12345.67", day=DAY - timedelta(n))])
        sales_room.record(context, [returned(f"В-{n}", f"УТ-{n}", "-100.00")])
    with spent(context.table.client) as cost:
        found = sales_room.day_totals(context, "cmp_1", DAY - timedelta(89), DAY)
    assert len(found.returned) == 29  # what came back on the day itself is not told apart
    assert cost.calls == ["Query"]
    assert cost.read_units <= 2


@measures(sales_keys.document)
def test_a_return_is_read_with_its_original_in_one_call_and_marks_it_in_the_same_transaction(context: Context) -> None:
    sales_room.record(context, [invoice("УТ-1", day=DAY - timedelta(9))])
    with spent(context.table.client) as cost:
        sales_room.record(context, [returned("В-1", "УТ-1"), returned("В-2", "УТ-1")])
    assert cost.calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert cost.read_units == 3 + 2
    # Two of HEAD and SALE each, one DAY, and the original's HEAD; three of these are in the list of the source's documents.
    assert cost.write_units == 2 * (2 * 2 + 1 + 1) + 3


@measures(sales_keys.document)
def test_a_return_follows_its_original_by_four_reads_and_a_transaction(context: Context) -> None:
    sales_room.record(context, [invoice("УТ-1", day=DAY - timedelta(9)), returned("В-1", "УТ-1")])
    sales_room.record(context, [invoice("УТ-1", day=DAY - timedelta(8))])
    (event,) = (event for event in events(context) if event.item.get("returned_by") and event.item["revision"] == 2)
    with spent(context.table.client) as cost:
        sales_consumers.on_sale_recorded(context, event)
    follows = ["BatchGetItem", "GetItem", "BatchGetItem", "BatchGetItem"]
    assert cost.calls == [*follows, "TransactWriteItems", "GetItem"]
    with spent(context.table.client) as again:
        sales_consumers.on_sale_recorded(context, event)
    assert again.calls == [*follows, "GetItem"]


@measures(sales_keys.sale_lines)
def test_a_document_of_ten_thousand_lines_is_read_in_two_calls(context: Context) -> None:
    sales_room.record(context, [invoice("УТ-1")._replace(lines=lines(10_000))])
    with spent(context.table.client) as cost:
        (found,) = look(context, with_lines=True)
    assert len(found.lines) == 10_000
    assert cost.calls == ["Query", "BatchGetItem"]
    with spent(context.table.client) as cost:
        assert look(context)[0].line_count == 10_000
    assert cost.calls == ["Query"]


@measures(sales_keys.shipped)
def test_a_shipment_s_document_in_the_books_is_found_by_a_call_more(context: Context) -> None:
    shipment = invoice("УТ-1")._replace(source="orders", series="dst_1:ord_1")
    sales_room.record(context, [shipment])
    with spent(context.table.client) as cost:
        sales_room.record(context, [invoice("УТ-1")._replace(series="2026")])
    # The document, the shipments under its number, and the shipment; it becomes the shipment's next revision and a name of it.
    assert cost.calls == ["BatchGetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert cost.read_units == 3
    assert cost.write_units == 2 * (
        1 + 1 + 1 + 1 + 1
    )  # HEAD, SALE, the replaced SALE, the name, and the event of the two


@measures(sales_keys.document_list)
def test_the_documents_of_a_source_in_a_month_are_a_query_for_each_shard(context: Context) -> None:
    sales_room.record(context, [invoice(f"УТ-{n}", day=date(2026, 11, 1 + n % 28)) for n in range(56)])
    with spent(context.table.client) as cost:
        found = list(sales_room.documents_between(context, "1c-main", date(2026, 11, 1), date(2026, 11, 30)))
    assert len(found) == 56
    assert cost.calls == ["Query"] * SHARDS
    assert cost.read_units <= 2 * SHARDS
