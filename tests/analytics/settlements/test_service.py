"""A settlement is what a document's payment and its newest revision say, in whatever order they come and wherever a worker dies."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from chalicelib import sales
from chalicelib.analytics.settlements import consumers, keys, service, store
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.sales import Payment
from chalicelib.table.client import Table
from tests.analytics import steps
from tests.conftest import NOON
from tests.sales.steps import events, invoice, items, returned
from tests.support.crashes import crashes, races
from tests.support.spent import measures, spent

REF = ("1c-main", "/A-1")
MAY, JUNE = date(2026, 5, 4), date(2026, 6, 4)


def pay(context: Context, day: date | None, at: str = "") -> None:
    sales.record_payments(context, [Payment(REF, day)], by="mbr_1", as_of=at or None)


def told(context: Context) -> list[Event]:
    payments = [item for item in items(context) if item.get("event") == "payment.recorded"]
    return [*events(context), *(Event("payment.recorded", item["sk"], item) for item in payments)]


def deliver(context: Context, event: Event) -> None:
    follow = consumers.on_payment_recorded if event.name == "payment.recorded" else consumers.on_sale_recorded
    follow(context, event)


def kept(context: Context) -> list[tuple[str, date, Decimal]]:
    return [
        (company, each.day, each.amount)
        for company in ("cmp_1", "cmp_2")
        for each in store.settlements(context.table, company, date(2020, 1, 1), date(2030, 1, 1))
    ]


@pytest.mark.parametrize("seed", range(10))
def test_corrections_and_payments_end_in_one_settlement_in_any_order(quick: Context, seed: int) -> None:
    sales.record(quick, [invoice("A-1", "100.00", day=MAY)])
    pay(quick, MAY, "2026-05-05T00:00:00.000Z")
    sales.record(quick, [invoice("A-1", "80.00", day=MAY, company="cmp_2")])
    pay(quick, JUNE, "2026-06-05T00:00:00.000Z")
    found = told(quick) * 2
    random.Random(seed).shuffle(found)
    for event in found:
        deliver(quick, event)
    assert kept(quick) == [("cmp_2", JUNE, Decimal("80.00"))]


def test_a_payment_before_its_document_waits_and_a_withdrawn_one_goes(quick: Context) -> None:
    pay(quick, MAY, "2026-05-05T00:00:00.000Z")
    service.settle(quick, REF)
    assert kept(quick) == []
    sales.record(quick, [invoice("A-1", "100.00", day=MAY)])
    service.settle(quick, REF)
    assert kept(quick) == [("cmp_1", MAY, Decimal("100.00"))]
    pay(quick, None, "2026-06-05T00:00:00.000Z")
    service.settle(quick, REF)
    assert kept(quick) == []


def test_a_return_and_a_voided_document_are_not_settled(quick: Context) -> None:
    sales.record(quick, [returned("A-1", "", "-5.00", on=MAY)])
    pay(quick, MAY)
    service.settle(quick, REF)
    assert kept(quick) == []


def test_a_worker_that_dies_and_another_that_is_faster_end_in_the_same(quick: Context) -> None:
    def prepared() -> Context:
        context = steps.in_memory()
        sales.record(context, [invoice("A-1", "100.00", day=MAY)])
        pay(context, MAY, "2026-05-05T00:00:00.000Z")
        service.settle(context, REF)
        sales.record(context, [invoice("A-1", "80.00", day=MAY)])
        pay(context, JUNE, "2026-06-05T00:00:00.000Z")
        return context

    for crash in crashes():
        context = prepared()
        with crash:
            service.settle(context, REF)
        service.settle(context, REF)
        assert kept(context) == [("cmp_1", JUNE, Decimal("80.00"))], crash

    def another() -> None:
        sales.record(context, [invoice("A-1", "70.00", day=MAY)])
        service.settle(context, REF)

    for race in races(another):
        context = prepared()
        with race:
            service.settle(context, REF)
        assert kept(context) == [("cmp_1", JUNE, Decimal("70.00" if race.happened else "80.00"))], race


def withdraw(context: Context) -> None:
    pay(context, None, "2026-06-05T00:00:00.000Z")


def void(context: Context) -> None:
    sales.record(context, [invoice("A-1", "0.00", day=MAY)])


@pytest.mark.parametrize("undo", [withdraw, void])
def test_what_is_undone_while_its_settlement_is_written_has_none(undo: Callable[[Context], None]) -> None:
    def another() -> None:
        undo(context)
        service.settle(context, REF)

    for race in races(another):
        context = steps.in_memory()
        sales.record(context, [invoice("A-1", "100.00", day=MAY)])
        pay(context, MAY, "2026-05-05T00:00:00.000Z")
        with race:
            service.settle(context, REF)
        assert bool(kept(context)) is not race.happened, race


@measures(keys.settled, keys.settlement)
def test_a_settlement_is_six_reads_and_a_transaction_and_a_thousand_are_one_query(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    documents = [invoice(f"A-{number}", "100.00", day=MAY) for number in range(1000)]
    sales.record(context, documents)
    sales.record_payments(context, [Payment(each.ref, MAY) for each in documents], by="mbr_1")
    with spent(context.table.client) as cost:
        service.settle(context, REF)
    look = ["GetItem", "GetItem", "BatchGetItem"]
    assert cost.calls == [*look, "TransactWriteItems", *look]
    assert (cost.read_units, cost.write_units) == (6, 4)
    for each in documents:
        service.settle(context, each.ref)
    with spent(context.table.client) as cost:
        assert len(kept(context)) == 1000
    assert cost.calls == ["Query", "Query"]
    assert cost.read_units <= 45
    with spent(context.table.client) as cost:
        service.settle(context, ("1c-main", "/never"))
    assert (cost.calls, cost.read_units) == (["GetItem", "GetItem"], 2)
