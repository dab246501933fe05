"""The calls and the capacity of the keys of balances and of the ledger, counted as AWS counts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.bonuses.adjustments.service import MOST_LOTS
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger import statements
from chalicelib.bonuses.ledger import store as ledger_store
from chalicelib.bonuses.ledger.rules import Cause
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import shards
from chalicelib.table.transactions import Transaction, from_wire
from tests.bonuses.steps import credit
from tests.conftest import NOON
from tests.orders.order.test_store import MOST_BYTES, weight
from tests.support.partners import company
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    context = Context(table=local_table, now=NOON)
    company(context)
    return context


def many_lots(context: Context) -> None:
    """Ten years of lots, one a month, each of them spent from in every month of its life."""

    def fill(book: ledger_rules.Book) -> ledger_rules.Book:
        for number in range(120):
            day = context.today - timedelta(days=30 * number)
            ends = ledger_rules.expiry(ledger_rules.Expiry("month", 12), day)
            book = ledger_rules.credit(book, ends, Decimal("12345.67"), day)
            months = {date(day.year + (day.month + each) // 12, (day.month + each) % 12 + 1, 1) for each in range(2)}
            for month in months:
                book = ledger_rules.redeem(
                    ledger_rules.hold(book, {ends: Decimal("1234.56")}, month), Decimal("1234.56")
                )
        return book

    ledger.change(context, "cmp_1", "RUB", Cause("purchase", ("many",)), fill)


@measures(ledger_keys.bonuses)
def test_the_bonuses_of_a_company_are_one_read_of_one_unit(context: Context) -> None:
    credit(context, "cmp_1", "100")
    with spent(context.table.client) as cost:
        statements.bonuses(context, "cmp_1")
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)


def test_a_book_of_twice_as_many_lots_fits_into_its_item() -> None:
    month = date(2026, 11, 1)
    days = (month + timedelta(days=number) for number in range(2 * MOST_LOTS))
    lots = {day: ledger_rules.Lot(day, month, Decimal("12345.67"), {month: Decimal("1234.56")}) for day in days}
    tx = Transaction()
    book = ledger_rules.Book("com_" + "0" * 32, "RUB")
    ledger_store.write_book(tx, book, replace(book, lots=lots, day=month, at="2026-11-20T12:00:00.000Z"), None)
    [written] = [operation.body["Item"] for operation in tx._operations.values()]
    assert weight(from_wire(written)) < MOST_BYTES


@measures(ledger_keys.bonuses)
def test_ten_years_of_lots_are_still_one_read_of_few_units(context: Context) -> None:
    many_lots(context)
    with spent(context.table.client) as cost:
        statements.bonuses(context, "cmp_1")
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1.5


@measures(ledger_keys.bonuses_moved)
def test_who_moved_on_a_day_is_one_query_of_each_shard(context: Context) -> None:
    credit(context, "cmp_1", "100")
    with spent(context.table.client) as cost:
        found = [
            item["company_id"]
            for shard in shards()
            for item in context.table.query_all(ledger_keys.bonuses_moved_shard(context.today, shard), index="gsi1")
        ]
    assert found == ["cmp_1"]
    assert cost.calls == ["Query"] * len(shards())


@measures(ledger_keys.posting)
def test_a_page_of_postings_is_one_query_of_just_these(context: Context) -> None:
    for _ in range(6):
        credit(context, "cmp_1", "100")
    with spent(context.table.client) as cost:
        found, last = ledger_store.postings(context.table, "cmp_1", 3, None)
    assert [posting["sequence"] for posting in found] == [6, 5, 4]
    assert last
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(ledger_keys.posting)
def test_a_statement_of_a_month_is_two_queries(context: Context) -> None:
    for _ in range(6):
        credit(context, "cmp_1", "100")
    with spent(context.table.client) as cost:
        statements.statement(context, "cmp_1", "2026-11", 100, None)
    assert cost.calls == ["Query", "Query"]
    assert cost.read_units <= 1.5


@measures(ledger_keys.posting_cause)
def test_a_posting_is_one_read_and_one_transaction_and_its_repeat_writes_nothing(context: Context) -> None:
    credit(context, "cmp_1", "100")
    cause = Cause("purchase", ("one",))

    def earn(book: ledger_rules.Book) -> ledger_rules.Book:
        return ledger_rules.credit(book, date(2027, 11, 30), Decimal(5), book.day)

    with spent(context.table.client) as cost:
        ledger.change(context, "cmp_1", "RUB", cause, earn)
    assert (cost.calls, cost.read_units) == (["GetItem", "TransactWriteItems"], 1)
    before = ledger_store.read_book(context.table, "cmp_1", consistent=True)
    with spent(context.table.client) as again:
        ledger.change(context, "cmp_1", "RUB", cause, earn)
    assert again.calls == ["GetItem", "TransactWriteItems", "GetItem", "GetItem"]
    assert ledger_store.read_book(context.table, "cmp_1", consistent=True) == before
