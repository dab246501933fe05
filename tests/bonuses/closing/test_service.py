"""Periods of a company: opened by purchases, closed once, credited in goods at frozen prices."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from chalicelib.bonuses.closing import consumers as closing_consumers
from chalicelib.bonuses.closing import service as closing
from chalicelib.bonuses.goods import keys as goods_keys
from chalicelib.bonuses.goods import prices as goods_prices
from chalicelib.bonuses.goods import store as goods_store
from chalicelib.bonuses.volume import keys as volume_keys
from chalicelib.platform import keys
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from tests.bonuses.accruals.steps import memory_work
from tests.bonuses.goods.steps import (
    COMPANY,
    QUARTER,
    balances,
    buy,
    entitlements,
    events,
    night,
    periods,
    postings,
    programmes,
    sale,
)
from tests.catalog.steps import row, stock
from tests.support.crashes import crashes, races
from tests.support.partners import company
from tests.support.table import everything, restore
from tests.tiers.steps import days_later

Q3 = date(2026, 8, 5)  # closed on 11 October; today is 20 November


def deliver(context: Context, event: Event) -> None:
    """A delivery of its own."""
    closing_consumers.on_sale_recorded(context, replace(event, batch={}))


@pytest.fixture
def context() -> Context:
    context = programmes(memory_work(), QUARTER)
    company(context, COMPANY)
    stock(context, row("LMP-1", "12.00"))
    return context


def head(context: Context) -> Any:
    return context.table.get(volume_keys.volume_course(COMPANY, "quarter"))


def due(context: Context) -> str | None:
    item = head(context)
    return item.get("gsi2pk") if item else None


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_purchase_opens_its_period_due_on_the_day_of_its_close(context: Context) -> None:
    buy(context, date(2026, 11, 2), 100)
    assert due(context) == keys.due("periods", date(2027, 1, 11), COMPANY).pk


def test_a_period_whose_grace_is_over_is_due_today(context: Context) -> None:
    buy(context, Q3, 100)
    assert due(context) == keys.due("periods", context.today, COMPANY).pk


def test_further_purchases_of_an_open_period_write_nothing(context: Context) -> None:
    buy(context, date(2026, 11, 2), 100)
    before = head(context)
    buy(context, date(2026, 11, 3), 100)
    assert head(context) == before


def test_what_is_dated_before_the_programme_opens_nothing(context: Context) -> None:
    buy(context, date(2025, 12, 31), 100)
    assert head(context) is None


def test_a_company_whose_currency_has_no_brackets_takes_no_part(context: Context) -> None:
    company(context, "cmp_gbp", currency="GBP")
    buy(context, Q3, 100, company_id="cmp_gbp")
    assert closing.close_due(context, "cmp_gbp") == 0


# --- closing ----------------------------------------------------------------------------------------------------------


def test_a_close_credits_the_period_and_owes_goods(context: Context) -> None:
    buy(context, Q3, 2000)
    assert closing.close_due(context, COMPANY) == 1
    (period,) = periods(context)
    assert (period["first"], period["last"], period["volume"], period["credit"]) == (
        "2026-07-01",
        "2026-09-30",
        2000,
        200,
    )
    assert period["bracket"] == {"from_sum": 1000, "percent": 10}
    (owed,) = entitlements(context)
    assert (owed.amount, owed.available_from, owed.expires_on) == (
        200,
        context.today,
        context.today + timedelta(days=89),
    )
    (posting,) = postings(context)
    assert [(entry.account, entry.amount) for entry in posting.entries] == [("goods_owed", 200), ("issued", -200)]
    assert posting.cause.document == {"programme": "quarter", "first": "2026-07-01", "last": "2026-09-30"}
    assert owed.posting_id == posting.posting_id
    told_of = {event["event"]: event for event in events(context)}
    credited, available = told_of["bonus.period_credited"], told_of["goods.available"]
    assert (credited["amount"], credited["volume"], credited["parts"]) == (200, 2000, 1)
    assert (available["entitlement_id"], available["amount"], available["gift"]) == (owed.entitlement_id, 200, False)


def test_nothing_is_closed_before_its_grace_is_over(context: Context) -> None:
    buy(context, date(2026, 11, 2), 2000)
    assert closing.close_due(days_later(context, 51), COMPANY) == 0  # 10 January
    assert closing.close_due(days_later(context, 52), COMPANY) == 1


def test_a_document_within_the_grace_counts_in_the_period(context: Context) -> None:
    buy(context, date(2026, 11, 2), 900)
    late = days_later(context, 51)
    buy(late, date(2026, 12, 31), 200)
    night(days_later(context, 52))
    (period,) = periods(context)
    assert (period["purchases"], period["adjustments"], period["credit"]) == (1100, 0, 110)


def test_a_late_document_is_an_adjustment_of_the_next_period_and_shown_apart(context: Context) -> None:
    buy(context, Q3, 2000)
    night(context)
    buy(context, Q3 + timedelta(days=1), 500)
    buy(context, date(2026, 11, 2), 1000)
    night(days_later(context, 52))
    _, second = periods(context)
    assert (second["purchases"], second["adjustments"], second["volume"], second["credit"]) == (1000, 500, 1500, 150)


def test_a_correction_of_a_closed_period_is_carried_and_takes_nothing_back(context: Context) -> None:
    buy(context, Q3, 2000, "1")
    night(context)
    buy(context, Q3, 500, "1")
    night(days_later(context, 52))
    _, second = periods(context)
    assert (second["adjustments"], second["volume"], second["credit"]) == (-1500, 0, 0)
    assert balances(context).goods_owed == 200
    assert head(context)["course"]["carried"] == -1500


def test_a_volume_below_the_brackets_is_closed_without_a_posting(context: Context) -> None:
    buy(context, Q3, 999)
    assert closing.close_due(context, COMPANY) == 1
    assert (periods(context)[0]["credit"], postings(context), entitlements(context), events(context)) == (0, [], [], [])


def test_a_dormant_company_is_due_once_more_and_then_no_more(context: Context) -> None:
    buy(context, Q3, 2000)
    night(context)
    assert due(context) == keys.due("periods", date(2027, 1, 11), COMPANY).pk
    night(days_later(context, 52))
    assert due(context) is None
    assert closing.close_due(days_later(context, 900), COMPANY) == 0
    buy(days_later(context, 400), Q3, 1000)
    assert closing.close_due(days_later(context, 400), COMPANY) > 0
    assert sum(period["volume"] for period in periods(context)) == 3000


def test_periods_that_were_missed_are_closed_one_after_the_other(context: Context) -> None:
    for month in (2, 5, 8):
        buy(context, date(2026, month, 5), 1000 * month)
    assert closing.close_due(context, COMPANY) == 3
    assert [(period["last"], period["credit"]) for period in periods(context)] == [
        ("2026-03-31", 200),
        ("2026-06-30", 1000),
        ("2026-09-30", 1600),
    ]


def test_a_yearly_bonus_is_owed_in_twelve_parts(context: Context) -> None:
    year = {**QUARTER, "code": "year", "every": "year", "pays": "goods_monthly_next_year"}
    context = programmes(context, year)
    buy(context, Q3, 1001)
    context = days_later(context, 60)  # 19 January
    night(context)
    owed = entitlements(context)
    assert [(each.part, each.amount) for each in owed] == [
        *((number, Decimal("8.34")) for number in range(1, 12)),
        (12, Decimal("8.36")),
    ]
    assert [each.announced for each in owed] == [True] + [False] * 11
    assert sum(each.amount for each in owed) == balances(context).goods_owed == Decimal("100.10")
    night(days_later(context, 20))
    assert len(events(context, "goods.available")) == 2


def test_a_gift_waits_for_the_staff(context: Context) -> None:
    context = programmes(context, {**QUARTER, "pays": "gift"})
    buy(context, Q3, 2000)
    night(context)
    (gift,) = entitlements(context)
    assert (gift.kind, gift.amount, gift.expires_on) == ("gift", 200, None)
    assert [item["entitlement_id"] for item in goods_store.waiting(context.table, 10, None).items] == [
        gift.entitlement_id
    ]


# --- again, interrupted, at the same time -----------------------------------------------------------------------------


def test_a_close_that_is_asked_for_again_does_nothing(context: Context) -> None:
    buy(context, Q3, 2000)
    night(context)
    before = everything(context)
    night(context)
    for event in sale(context, Q3, 2000):
        deliver(context, event)
        deliver(context, event)
    night(context)
    assert [period["credit"] for period in periods(context)] == [200]
    assert {key: item for key, item in everything(context).items() if key.sk.startswith("ENTITLEMENT")} == {
        key: item for key, item in before.items() if key.sk.startswith("ENTITLEMENT")
    }


def told(context: Context) -> Any:
    """The whole table, without ids and what counts the writes."""
    return sorted(
        str({name: value for name, value in item.items() if name not in ("sk", "version")})
        for key, item in everything(context).items()
        if key.sk.startswith("EVENT#")
    ), {key: {**item, "version": 0} for key, item in everything(context).items() if not key.sk.startswith("EVENT#")}


def test_an_interrupted_close_is_finished_by_its_repeat_and_done_once(context: Context) -> None:
    buy(context, Q3, 2000)
    before = everything(context)
    night(context)
    wanted = told(context)
    rounds = 0
    for crash in crashes():
        restore(context, before)
        with crash:
            night(context)
        context.memo.clear()
        night(context)
        assert told(context) == wanted, crash
        rounds += 1
    assert rounds > 10


def test_an_interrupted_opening_is_finished_by_its_repeat(context: Context) -> None:
    (event,) = sale(context, Q3, 2000)
    before = everything(context)
    deliver(context, event)
    wanted = everything(context)
    for crash in crashes():
        restore(context, before)
        with crash:
            deliver(context, event)
        deliver(context, event)
        assert everything(context) == wanted, crash


@pytest.mark.parametrize("bought", [2000, 0])
@pytest.mark.parametrize("delivered", ["meanwhile", "afterwards"])
@pytest.mark.parametrize("day", [Q3 + timedelta(days=3), date(2026, 11, 2), date(2026, 2, 1)])
def test_a_document_that_comes_while_a_period_is_closed_is_not_lost(
    context: Context, day: date, delivered: str, bought: int
) -> None:
    buy(context, Q3, 2000)
    buy(context, Q3 + timedelta(days=1), bought - 2000)
    before = everything(context)
    recorded: list[Any] = []

    def other() -> None:
        recorded.extend(sale(context, day, 700))
        if delivered == "meanwhile":
            for event in recorded:
                deliver(context, event)

    for race in races(other):
        restore(context, before)
        recorded.clear()
        with race:
            night(context)
        if delivered == "afterwards":
            for event in recorded:
                deliver(context, event)
        night(days_later(context, 52))
        counted = sum((period["purchases"] + period["adjustments"] for period in periods(context)), Decimal(0))
        assert counted == bought + (700 if recorded else 0), race
        assert balances(context).goods_owed == sum(period["credit"] for period in periods(context)), race


def test_two_workers_close_one_period_once(context: Context) -> None:
    buy(context, date(2026, 5, 5), 1000)
    buy(context, Q3, 2000)
    before = everything(context)
    for race in races(lambda: night(context)):
        restore(context, before)
        with race:
            night(context)
        assert [(period["volume"], period["credit"]) for period in periods(context)] == [(1000, 100), (2000, 200)], race
        assert balances(context).goods_owed == 300, race


# --- frozen prices ----------------------------------------------------------------------------------------------------


def test_the_first_close_freezes_the_base_prices_for_all(context: Context) -> None:
    stock(context, *(row(f"SKU-{number:03}", "5.00") for number in range(250)))
    buy(context, Q3, 2000)
    night(context)
    stock(context, row("SKU-001", "6.00"), row("NEW-1", "7.00"))
    company(context, "cmp_2")
    buy(context, Q3, 2000, company_id="cmp_2")
    night(days_later(context, 1), "cmp_2")
    listed = entitlements(context, "cmp_2")[0].price_list
    assert listed == entitlements(context)[0].price_list == "quarter:2026-09-30"
    prices = goods_store.prices_of(context.table, listed, ["SKU-001", "SKU-249", "NEW-1", "LMP-1"])
    assert {sku: priced.base_price for sku, priced in prices.items()} == {
        "SKU-001": Decimal("5.00"),
        "SKU-249": Decimal("5.00"),
        "LMP-1": Decimal("12.00"),
    }
    whole = context.table.get(goods_keys.price_list(listed))
    assert whole is not None
    assert whole["goods"] == 251


def test_a_list_that_two_freeze_at_once_is_one_list_and_changes_no_more(context: Context) -> None:
    stock(context, *(row(f"SKU-{number:03}", "5.00") for number in range(250)))
    before = everything(context)
    for interruption in chain(crashes(), races(lambda: goods_prices.freeze(days_later(context, 0), "list"))):
        restore(context, before)
        with interruption:
            goods_prices.freeze(context, "list")
        context.memo.clear()
        goods_prices.freeze(context, "list")
        stock(context, row("SKU-001", "6.00"))
        context.memo.clear()
        goods_prices.freeze(context, "list")
        frozen = list(context.table.query_all(goods_keys.frozen_price("list", "").pk, starts="PRICE#"))
        assert len(frozen) == 251, interruption
        assert {item["base_price"] for item in frozen} == {Decimal("5.00"), Decimal("12.00")}, interruption


def test_the_night_freezes_the_lists_of_the_periods_that_closed_last(context: Context) -> None:
    assert goods_prices.freeze_due(context) == ["quarter:2026-09-30"]
    assert goods_prices.freeze_due(days_later(context, 51)) == ["quarter:2026-09-30"]
    assert goods_prices.freeze_due(days_later(context, 52)) == ["quarter:2026-12-31"]
    assert goods_prices.freeze_due(programmes(context, {**QUARTER, "pays": "gift"})) == []
    assert goods_prices.freeze_due(programmes(context, {**QUARTER, "since": "2026-10-01"})) == []
