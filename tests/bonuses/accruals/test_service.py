"""A purchase's bonus is what the facts give, in whatever order they were told, and wherever a worker dies."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import sales
from chalicelib.bonuses.accruals import consumers as accruals_consumers
from chalicelib.bonuses.accruals import store as accruals_store
from chalicelib.bonuses.config import Bonuses, BonusExpiry
from chalicelib.catalog.rules import Product
from chalicelib.catalog.store import write_product
from chalicelib.platform.config import config
from chalicelib.platform.context import Context
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.rules import SaleDocument
from chalicelib.table.transactions import Transaction
from tests.bonuses.accruals.steps import (
    CONSUMERS,
    NOON,
    SOURCE,
    Stream,
    balances,
    case,
    company,
    days_later,
    document,
    figures,
    granted,
    lots,
    memory_work,
    month_end,
    overdrawn,
    paid,
    postings,
    recorded,
    standing,
)
from tests.support import partners

TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture
def context() -> Context:
    return memory_work()


@pytest.fixture
def luch(context: Context) -> str:
    return company(context)


# --- what a purchase earns ------------------------------------------------------------------------------------------------


def test_a_purchase_earns_by_the_tier_of_its_day_itself_included(context: Context, luch: str) -> None:
    recorded(context, document(luch, "1", TODAY, "60000.00"))
    assert balances(context, luch).pending == Decimal("600.00"), "bronze, one percent"
    assert balances(context, luch).available == 0


def test_without_a_tier_a_purchase_earns_nothing_and_is_ready_to_earn(context: Context, luch: str) -> None:
    recorded(context, document(luch, "1", TODAY, "40000.00"))
    assert balances(context, luch).pending == 0
    recorded(context, document(luch, "2", TODAY, "10000.00"))
    assert granted(context, luch) == {
        (SOURCE, "2026/1"): (Decimal("400.00"), None),
        (SOURCE, "2026/2"): (Decimal("100.00"), None),
    }


def test_a_payment_makes_it_available_until_the_end_of_a_month_a_year_later(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY - 40 * DAY, "60000.00")
    recorded(context, sale)
    paid(context, sale, TODAY)
    assert balances(context, luch)[:2] == (0, Decimal("600.00"))
    assert lots(context, luch) == {month_end(TODAY): Decimal("600.00")}
    assert [posting.cause.kind for posting in postings(context, luch)] == ["purchase", "payment"]


def test_a_payment_may_come_before_its_document(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY, "60000.00")
    paid(context, sale, TODAY - DAY)
    recorded(context, sale)
    assert lots(context, luch) == {month_end(TODAY): Decimal("600.00")}
    assert [posting.cause.kind for posting in postings(context, luch)] == ["purchase"]


def test_a_payment_that_is_withdrawn_makes_it_pending_again(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY, "60000.00")
    recorded(context, sale)
    paid(context, sale, TODAY)
    paid(days_later(context, 1), sale, None)
    assert balances(context, luch)[:2] == (Decimal("600.00"), 0)


def test_where_shipped_is_enough_nobody_waits_for_the_payment() -> None:
    context = memory_work(figures=figures(available_on="shipped"))
    luch = company(context)
    recorded(context, document(luch, "1", TODAY, "60000.00"))
    assert lots(context, luch) == {month_end(TODAY): Decimal("600.00")}


def test_a_line_earns_by_its_best_rate_and_each_rate_is_rounded_once() -> None:
    context = memory_work(
        figures=figures(
            {"tier": "bronze", "percent": "1"},
            {"brand": "Svet", "percent": "0.5"},
            {"category": "LED", "percent": "2.5", "from": "2026-11-01", "to": "2026-11-30"},
            {"sku": "L-9", "percent": "7", "promotion": "autumn", "name": "A", "name_ru": "О"}
            | {"from": "2026-11-20", "to": "2026-12-20"},
        )
    )
    luch = company(context)
    for sku, brand, category in (("L-1", "Svet", ""), ("L-2", "Svet", "LED"), ("L-9", "", "LED")):
        put_product(context, sku, brand, category)
    recorded(
        context,
        document(luch, "1", TODAY, {"L-1": "49999.50", "L-2": "10.30", "L-9": "10.07", "L-X": "100.50", "": "1.00"}),
    )
    # bronze on L-1, L-X and the nameless line: 50,101.00; 2.5 % of 10.30; 7 % of 10.07
    assert balances(context, luch).pending == Decimal("501.01") + Decimal("0.26") + Decimal("0.70")


def test_a_rate_holds_on_the_first_and_on_the_last_of_its_days() -> None:
    context = memory_work(figures=figures({"percent": "1", "from": "2026-11-10", "to": "2026-11-12"}))
    luch = company(context)
    for day in (9, 10, 12, 13):
        recorded(context, document(luch, str(day), date(2026, 11, day), "100.00"))
    earned = {number[-2:]: amount for (_, number), (amount, _) in granted(context, luch).items()}
    assert earned == {"10": Decimal("1.00"), "12": Decimal("1.00")}, "on other days there is nothing to keep"


def put_product(context: Context, sku: str, brand: str, category: str) -> None:
    tx = Transaction()
    product = Product(
        sku=sku,
        name=sku,
        name_ru=sku,
        brand=brand,
        category=category,
        unit="pcs",
        pack_multiple=1,
        base_price=Decimal(1),
        currency="RUB",
        vat_percent=Decimal(20),
    )
    write_product(tx, product, context.at)
    context.table.commit(tx)


# --- returns and corrections ----------------------------------------------------------------------------------------------


def test_a_return_takes_back_what_its_sale_gave_from_where_it_lies(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY - 40 * DAY, "60000.00")
    recorded(context, sale)
    paid(context, sale, TODAY - 40 * DAY)
    recorded(context, document(luch, "R", TODAY, "6000.00", returns="1"))
    assert lots(context, luch) == {month_end(TODAY - 40 * DAY): Decimal("540.00")}
    first, back = [posting for posting in postings(context, luch) if posting.cause.kind in ("purchase", "return")]
    assert back.cause.reverses == first.posting_id
    assert back.cause.document["number"] == "R"


def test_a_return_of_a_sale_that_was_granted_by_two_postings_takes_back_both(context: Context, luch: str) -> None:
    recorded(context, document(luch, "1", TODAY - 16 * DAY, "60000.00"))
    recorded(context, document(luch, "0", TODAY - 17 * DAY, "90000.00"))
    recorded(context, document(luch, "R", TODAY, "60000.00", returns="1"))
    of_sale = [posting for posting in postings(context, luch) if posting.cause.document["number"] == "1"]
    assert [posting.cause.kind for posting in of_sale] == ["purchase", "rerating"]
    back = [posting for posting in postings(context, luch) if posting.cause.document["number"] == "R"]
    assert [(posting.cause.kind, posting.cause.reverses) for posting in back] == [
        ("return", posting.posting_id) for posting in reversed(of_sale)
    ]
    taken = [sum(entry.amount for entry in posting.entries if entry.account == "pending") for posting in back]
    assert taken == [Decimal("-300.00"), Decimal("-600.00")]


def test_a_return_of_what_is_not_paid_lessens_what_is_pending(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY - DAY, "60000.00")
    recorded(context, sale, document(luch, "R", TODAY, "6000.00", returns="1"))
    assert balances(context, luch)[:2] == (Decimal("540.00"), 0)
    paid(context, sale, TODAY)
    assert balances(context, luch)[:2] == (0, Decimal("540.00"))


def test_returns_together_take_no_more_than_their_sale_gave(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY - 20 * DAY, "60000.00")
    recorded(context, sale, document(luch, "R1", TODAY, "40000.00", returns="1"))
    recorded(context, document(luch, "R2", TODAY - DAY, "40000.00", returns="1"))
    assert {number: amount for (_, number), (amount, _) in granted(context, luch).items()} == {
        "2026/1": Decimal("600.00"),
        "2026-returns/R2": Decimal("-400.00"),
        "2026-returns/R1": Decimal("-200.00"),
    }
    assert balances(context, luch).pending == 0


def test_a_return_without_its_sale_takes_by_its_own_day_and_waits_for_nothing(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY - 3 * DAY, "60000.00")
    recorded(context, sale, document(luch, "R", TODAY, "1000.00", returns=""))
    assert balances(context, luch)[:2] == (Decimal("600.00"), Decimal("-10.00"))


def test_a_return_that_came_before_its_sale_joins_it(context: Context, luch: str) -> None:
    recorded(context, document(luch, "0", TODAY - 5 * DAY, "60000.00"))
    recorded(context, document(luch, "R", TODAY, "1000.00", returns="1"))
    assert balances(context, luch)[:2] == (Decimal("600.00"), Decimal("-10.00"))
    recorded(context, document(luch, "1", TODAY - 3 * DAY, "2000.00"))
    assert balances(context, luch)[:2] == (Decimal("610.00"), 0)


def test_a_corrected_sale_gives_what_it_would_have_given(context: Context, luch: str) -> None:
    recorded(context, document(luch, "1", TODAY, "60000.00"))
    recorded(context, document(luch, "1", TODAY, "70000.00"))
    assert balances(context, luch).pending == Decimal("700.00")
    recorded(context, document(luch, "1", TODAY, "65000.00"))
    kinds = [(posting.cause.kind, bool(posting.cause.reverses)) for posting in postings(context, luch)]
    assert kinds == [("purchase", False), ("correction", False), ("correction", True)]
    assert balances(context, luch).pending == Decimal("650.00")


def test_a_document_that_goes_to_another_company_takes_its_bonus_along(context: Context, luch: str) -> None:
    other = company(context, "Zarya")
    sale = document(luch, "1", TODAY, "60000.00")
    recorded(context, sale)
    paid(context, sale, TODAY)
    recorded(context, sale._replace(company_id=other))
    assert (balances(context, luch).available, balances(context, other).available) == (0, Decimal("600.00"))
    assert granted(context, luch) == {}
    assert postings(context, luch)[-1].cause.kind == "removal"


def test_a_document_that_is_dated_anew_is_kept_once(context: Context, luch: str) -> None:
    recorded(context, document(luch, "1", TODAY, "60000.00"))
    recorded(context, document(luch, "1", TODAY - 9 * DAY, "60000.00"))
    assert list(granted(context, luch)) == [(SOURCE, "2026/1")]
    rows = [sk for _, sk in Stream(context).items() if sk.startswith("ACCRUED#")]
    assert rows == [f"ACCRUED#{TODAY - 9 * DAY}#{SOURCE}#2026/1#2026/1"]


def test_a_late_document_rerates_the_days_whose_tier_it_moves(context: Context, luch: str) -> None:
    recorded(context, document(luch, "1", TODAY - 20 * DAY, "100000.00"))
    recorded(context, document(luch, "2", TODAY - 10 * DAY, "40000.00"))
    assert balances(context, luch).pending == Decimal("1400.00")
    recorded(context, document(luch, "0", TODAY - 15 * DAY, "10000.00"))
    assert {number: amount for (_, number), (amount, _) in granted(context, luch).items()} == {
        "2026/1": Decimal("1000.00"),
        "2026/0": Decimal("100.00"),
        "2026/2": Decimal("600.00"),
    }
    [rerated] = [posting for posting in postings(context, luch) if posting.cause.kind == "rerating"]
    assert rerated.cause.document["number"] == "2"
    recorded(context, document(luch, "0", TODAY - 15 * DAY, "1.00"))
    assert balances(context, luch).pending == Decimal("1400.01")


def test_other_figures_of_the_club_move_nothing_that_was_granted(context: Context, luch: str) -> None:
    sale = document(luch, "1", TODAY - 40 * DAY, "60000.00")
    recorded(context, sale)
    paid(context, sale, TODAY - 35 * DAY)
    shorter = {"expiry": BonusExpiry(every="month", count=1), "available_on": "shipped"}
    later = replace(context, config=figures(**shorter))
    recorded(later, document(luch, "R", TODAY, "6000.00", returns="1"))
    recorded(later, document(luch, "1", TODAY - 40 * DAY, "70000.00"))
    assert lots(later, luch) == {month_end(TODAY - 35 * DAY): Decimal("640.00")}
    recorded(later, document(luch, "2", TODAY, "1000.00"))
    assert lots(later, luch)[month_end(TODAY, 1)] == Decimal("10.00")
    recorded(context, document(luch, "2", TODAY, "2000.00"))
    assert lots(context, luch)[month_end(TODAY, 1)] == Decimal("20.00"), "it was granted when shipped was enough"
    paid(later, sale, TODAY)
    assert lots(later, luch) == {month_end(TODAY, 1): Decimal("660.00")}, "another day, and so the expiry of now"


def test_days_from_which_on_nothing_can_be_earned_cost_no_call() -> None:
    context = memory_work(figures=figures({"percent": "1", "to": "2026-11-08"}))
    luch = company(context)
    sales.record(context, [document(luch, "1", date(2026, 11, 9), "100.00")])
    stream = Stream(context, {"sale.recorded": [accruals_consumers.on_sale_recorded]})
    events = stream.new()
    before = stream.items()
    no_table: Any = None
    stream.deliver(events, replace(context, table=no_table))
    assert stream.items() == before


def test_a_late_document_of_a_day_before_the_first_rate_rerates_the_days_that_have_one() -> None:
    rates = ({"tier": "bronze", "percent": "1"}, {"tier": "silver", "percent": "1.5"})
    context = memory_work(figures=figures(*({**rate, "from": "2026-11-01"} for rate in rates)))
    luch = company(context)
    stream = Stream(context)
    sales.record(context, [document(luch, "1", date(2026, 10, 28), "40000.00")])
    sales.record(context, [document(luch, "2", date(2026, 11, 5), "60000.00")])
    stream.drain()
    assert balances(context, luch).pending == Decimal("600.00"), "bronze"
    sales.record(context, [document(luch, "0", date(2026, 10, 20), "60000.00")])
    stream.drain()  # what is new, and nothing again
    assert balances(context, luch).pending == Decimal("900.00"), "silver"
    assert [number for _, number in granted(context, luch)] == ["2026/2"], (
        "of days without a rate there is nothing to keep"
    )


# --- in any order, any number of times ------------------------------------------------------------------------------------


amounts = st.sampled_from(["30000.00", "60000.00", "99999.99", "120000.00", "0.50", "7.77"])
spread = st.integers(0, 140)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[list[SaleDocument]], dict[int, date | None], date, int]:
    """The revisions of some documents, each the newest last; which of them are paid, and when; the first day of the rates; a seed."""
    sold = draw(st.integers(1, 4))
    revisions: list[list[SaleDocument]] = []
    for number in range(sold):
        several = draw(
            st.lists(st.tuples(st.sampled_from(["cmp_a", "cmp_a", "cmp_b"]), spread, amounts), min_size=1, max_size=2)
        )
        revisions.append([document(who, f"S{number}", TODAY - back * DAY, amount) for who, back, amount in several])
    for number in range(draw(st.integers(0, 3))):
        several = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["cmp_a", "cmp_a", "cmp_b"]),
                    st.integers(0, 40),
                    amounts,
                    st.sampled_from([*(f"S{each}" for each in range(sold)), "S9", ""]),
                ),
                min_size=1,
                max_size=2,
            )
        )
        revisions.append(
            [
                document(who, f"R{number}", TODAY - back * DAY, amount, returns=sale)
                for who, back, amount, sale in several
            ]
        )
    payments_ = draw(
        st.dictionaries(st.integers(0, sold - 1), st.one_of(st.none(), spread.map(lambda back: TODAY - back * DAY)))
    )
    rates_from = draw(st.sampled_from([date.min, TODAY - 70 * DAY, TODAY - 15 * DAY]))
    return revisions, payments_, rates_from, draw(st.integers(0, 2**32))


def a_club(rates_from: date = date.min) -> Context:
    """Two companies, their ids the same in every club, whose rates begin on this day."""
    rates = [rate.model_copy(update={"first": max(rate.first, rates_from)}) for rate in config()[Bonuses].rates]
    context = memory_work(figures=figures(rates=rates))
    partners.company(context, "cmp_a")
    partners.company(context, "cmp_b")
    return context


def told_in_any_order(
    revisions: list[list[SaleDocument]], payments_: dict[int, date | None], rates_from: date, chance: Random
) -> Context:
    """Documents and payments in any order, but revisions of one document; events any number of times, late and out of order."""
    context = a_club(rates_from)
    stream = Stream(context)
    waiting: list[Any] = []
    queues: list[list[Any]] = [list(several) for several in revisions]
    paying = [Payment(revisions[number][0].ref, day) for number, day in payments_.items()]
    while any(queues) or paying:
        queue = chance.choice([*[queue for queue in queues if queue], *([paying] if paying else [])])
        told = queue.pop(0)
        if isinstance(told, SaleDocument):
            sales.record(context, [told])
        else:
            if chance.random() < 0.3:
                payments.record_payments(
                    context, [told._replace(paid_on=TODAY)], by="test", as_of="2026-01-01T00:00:00.000Z"
                )
            payments.record_payments(context, [told], by="test", as_of="2026-02-01T00:00:00.000Z")
        waiting += stream.new()
        chance.shuffle(waiting)
        for event in waiting[: chance.randint(0, 2)]:
            stream.deliver([event])
            if chance.random() < 0.7:
                waiting.remove(event)
    while waiting := waiting + stream.new():
        chance.shuffle(waiting)
        stream.deliver(waiting[:2])
        waiting = waiting[2:] + (waiting[:1] if chance.random() < 0.2 else [])
    return context


def told_at_once(revisions: list[list[SaleDocument]], payments_: dict[int, date | None], rates_from: date) -> Context:
    """Nothing but the final facts."""
    context = a_club(rates_from)
    sales.record(context, [several[-1] for several in revisions])
    payments.record_payments(
        context,
        [Payment(revisions[number][0].ref, day) for number, day in payments_.items()],
        by="test",
        as_of="2026-02-01T00:00:00.000Z",
    )
    Stream(context).drain()
    return context


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(histories())
def test_the_balances_are_a_function_of_the_final_facts(history: tuple[Any, ...]) -> None:
    revisions, payments_, rates_from, seed = history
    came = told_in_any_order(revisions, payments_, rates_from, Random(seed))
    fresh = told_at_once(revisions, payments_, rates_from)
    for company_id in ("cmp_a", "cmp_b"):
        assert standing(came, company_id) == standing(fresh, company_id)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(histories())
def test_nothing_exceeds_what_the_rates_give_and_no_return_what_its_sale_gave(history: tuple[Any, ...]) -> None:
    revisions, payments_, rates_from, seed = history
    context = told_in_any_order(revisions, payments_, rates_from, Random(seed))
    bought = sum((several[-1].total for several in revisions if several[-1].kind == "sale"), Decimal(0))
    accrued = {ref: amount for each in ("cmp_a", "cmp_b") for ref, (amount, _) in granted(context, each).items()}
    assert sum((amount for amount in accrued.values() if amount > 0), Decimal(0)) <= bought * 3 / 100 + Decimal("0.04")
    for several in revisions:
        sale = several[-1]
        if sale.kind == "sale":
            heads = sales.heads(context, [each[-1].ref for each in revisions if each[-1].kind == "return"])
            taken = sum(
                (accrued.get(ref, Decimal(0)) for ref, head in heads.items() if head.counting.original == sale.ref),
                Decimal(0),
            )
            assert accrued.get(sale.ref, Decimal(0)) + taken >= 0
    for each in ("cmp_a", "cmp_b"):
        for posting in postings(context, each):
            assert sum(entry.amount for entry in posting.entries) == 0
        assert overdrawn(context, each) == []


def test_events_of_one_batch_end_as_events_one_by_one() -> None:
    """A batch does its work for a company once, and loses nothing by it."""
    several = [
        document("cmp_a", str(number), TODAY - back * DAY, amount)
        for number, (back, amount) in enumerate([(3, "40000.00"), (20, "20000.00"), (0, "99999.99"), (9, "60000.00")])
    ]
    together, apart = a_club(), a_club()
    for context in (together, apart):
        sales.record(context, several)
    shared: dict[tuple[str, ...], Any] = {}
    for event in Stream(together).new():
        for consume in CONSUMERS[event.name]:
            consume(together, replace(event, batch=shared))
    Stream(apart).drain()
    assert standing(together, "cmp_a") == standing(apart, "cmp_a")


# --- a sale with more returns than a transaction holds --------------------------------------------------------------------


def with_returns(context: Context, luch: str, count: int) -> tuple[SaleDocument, Stream]:
    """A paid sale, `count` returns of one ruble each, all delivered."""
    sale = document(luch, "1", TODAY - 10 * DAY, "60000.00")
    stream = Stream(context)
    sales.record(context, [sale])
    payments.record_payments(context, [Payment(sale.ref, TODAY - 5 * DAY)], by="test")
    stream.drain()
    sales.record(
        context, [document(luch, f"R{number}", TODAY - 4 * DAY, "1.00", returns="1") for number in range(count)]
    )
    stream.drain()
    return sale, stream


@pytest.mark.parametrize("count", [98, 130])
def test_a_sale_with_any_number_of_returns_moves_to_another_day(context: Context, luch: str, count: int) -> None:
    sale, stream = with_returns(context, luch, count)
    sales.record(context, [sale._replace(business_date=TODAY - 20 * DAY)])
    stream.drain()
    settled = case(context, luch, sale.ref)
    assert {accrued.fact.counts_on for accrued in settled.accrued.values()} == {TODAY - 20 * DAY}
    assert len(settled.accrued) == count + 1
    assert balances(context, luch).available == Decimal("600.00") - count * Decimal("0.01")


def test_many_returns_that_are_corrected_at_once_are_listed_by_their_new_days(context: Context, luch: str) -> None:
    sale, stream = with_returns(context, luch, 130)
    moved = [document(luch, f"R{number}", TODAY - 3 * DAY, "1.00", returns="1") for number in range(130)]
    sales.record(context, moved)
    stream.drain()
    days = {row.ref: row.day for row in accruals_store.accrued_since(context.table, luch, date.min)}
    assert days == {sale.ref: sale.business_date, **{each.ref: TODAY - 3 * DAY for each in moved}}
    assert balances(context, luch).available == Decimal("598.70")


@pytest.mark.parametrize("amount", ["60000.00", "40000.00"], ids=["with a bonus", "without one"])
def test_many_returns_leave_a_sale_that_goes_to_another_company(context: Context, luch: str, amount: str) -> None:
    zarya = company(context, "Zarya")
    sale, stream = with_returns(context, luch, 130)
    if amount != "60000.00":
        sale = document(luch, "1", TODAY - 10 * DAY, amount)
        sales.record(context, [sale])
        stream.drain()
    sales.record(context, [sale._replace(company_id=zarya)])
    # The sale's old company settles last: all returns have left by then.
    events = stream.new()
    stream.deliver(sorted(events, key=lambda event: bool(event.item.get("gone"))))
    stream.drain()
    assert case(context, luch, sale.ref).accrued == {}
    rows = [row.case for row in accruals_store.accrued_since(context.table, luch, date.min)]
    assert len(rows) == 130 and sale.ref not in rows
    assert balances(context, luch).available == 0 and overdrawn(context, luch) == []
