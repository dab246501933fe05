"""Periods of a company: opened by purchases, closed once, credited in goods at frozen prices."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from chalicelib.bonuses.closing import consumers as closing_consumers
from chalicelib.bonuses.closing import service as closing
from chalicelib.bonuses.goods import prices as goods_prices
from chalicelib.bonuses.goods import store as goods_store
from chalicelib.bonuses.volume import keys as volume_keys
from chalicelib.platform import keys
from chalicelib.platform.context import Work
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


def deliver(work: Work, event: Event) -> None:
    """A delivery of its own."""
    closing_consumers.on_sale_recorded(work, replace(event, batch={}))


@pytest.fixture
def work() -> Work:
    work = programmes(memory_work(), QUARTER)
    company(work, COMPANY)
    stock(work, row("LMP-1", "12.00"))
    return work


def head(work: Work) -> Any:
    return work.table.get(volume_keys.volume_course(COMPANY, "quarter"))


def due(work: Work) -> str | None:
    item = head(work)
    return item.get("gsi2pk") if item else None


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_purchase_opens_its_period_due_on_the_day_of_its_close(work: Work) -> None:
    buy(work, date(2026, 11, 2), 100)
    assert due(work) == keys.due("periods", date(2027, 1, 11), COMPANY).pk


def test_a_period_whose_grace_is_over_is_due_today(work: Work) -> None:
    buy(work, Q3, 100)
    assert due(work) == keys.due("periods", work.today, COMPANY).pk


def test_further_purchases_of_an_open_period_write_nothing(work: Work) -> None:
    buy(work, date(2026, 11, 2), 100)
    before = head(work)
    buy(work, date(2026, 11, 3), 100)
    assert head(work) == before


def test_what_is_dated_before_the_programme_opens_nothing(work: Work) -> None:
    buy(work, date(2025, 12, 31), 100)
    assert head(work) is None


def test_a_company_whose_currency_has_no_brackets_takes_no_part(work: Work) -> None:
    company(work, "cmp_gbp", currency="GBP")
    buy(work, Q3, 100, company_id="cmp_gbp")
    assert closing.close_due(work, "cmp_gbp") == 0


# --- closing ----------------------------------------------------------------------------------------------------------


def test_a_close_credits_the_period_and_owes_goods(work: Work) -> None:
    buy(work, Q3, 2000)
    assert closing.close_due(work, COMPANY) == 1
    (period,) = periods(work)
    assert (period["first"], period["last"], period["volume"], period["credit"]) == (
        "2026-07-01",
        "2026-09-30",
        2000,
        200,
    )
    assert period["bracket"] == {"from_sum": 1000, "percent": 10}
    (owed,) = entitlements(work)
    assert (owed.amount, owed.available_from, owed.expires_on) == (200, work.today, work.today + timedelta(days=89))
    (posting,) = postings(work)
    assert [(entry.account, entry.amount) for entry in posting.entries] == [("goods_owed", 200), ("issued", -200)]
    assert posting.cause.document == {"programme": "quarter", "first": "2026-07-01", "last": "2026-09-30"}
    assert owed.posting_id == posting.posting_id
    told_of = {event["event"]: event for event in events(work)}
    credited, available = told_of["bonus.period_credited"], told_of["goods.available"]
    assert (credited["amount"], credited["volume"], credited["parts"]) == (200, 2000, 1)
    assert (available["entitlement_id"], available["amount"], available["gift"]) == (owed.entitlement_id, 200, False)


def test_nothing_is_closed_before_its_grace_is_over(work: Work) -> None:
    buy(work, date(2026, 11, 2), 2000)
    assert closing.close_due(days_later(work, 51), COMPANY) == 0  # 10 January
    assert closing.close_due(days_later(work, 52), COMPANY) == 1


def test_a_document_within_the_grace_counts_in_the_period(work: Work) -> None:
    buy(work, date(2026, 11, 2), 900)
    late = days_later(work, 51)
    buy(late, date(2026, 12, 31), 200)
    night(days_later(work, 52))
    (period,) = periods(work)
    assert (period["purchases"], period["adjustments"], period["credit"]) == (1100, 0, 110)


def test_a_late_document_is_an_adjustment_of_the_next_period_and_shown_apart(work: Work) -> None:
    buy(work, Q3, 2000)
    night(work)
    buy(work, Q3 + timedelta(days=1), 500)
    buy(work, date(2026, 11, 2), 1000)
    night(days_later(work, 52))
    _, second = periods(work)
    assert (second["purchases"], second["adjustments"], second["volume"], second["credit"]) == (1000, 500, 1500, 150)


def test_a_correction_of_a_closed_period_is_carried_and_takes_nothing_back(work: Work) -> None:
    buy(work, Q3, 2000, "1")
    night(work)
    buy(work, Q3, 500, "1")
    night(days_later(work, 52))
    _, second = periods(work)
    assert (second["adjustments"], second["volume"], second["credit"]) == (-1500, 0, 0)
    assert balances(work).goods_owed == 200
    assert head(work)["carried"] == -1500


def test_a_volume_below_the_brackets_is_closed_without_a_posting(work: Work) -> None:
    buy(work, Q3, 999)
    assert closing.close_due(work, COMPANY) == 1
    assert (periods(work)[0]["credit"], postings(work), entitlements(work), events(work)) == (0, [], [], [])


def test_a_dormant_company_is_due_once_more_and_then_no_more(work: Work) -> None:
    buy(work, Q3, 2000)
    night(work)
    assert due(work) == keys.due("periods", date(2027, 1, 11), COMPANY).pk
    night(days_later(work, 52))
    assert due(work) is None
    assert closing.close_due(days_later(work, 900), COMPANY) == 0
    buy(days_later(work, 400), Q3, 1000)
    assert closing.close_due(days_later(work, 400), COMPANY) > 0
    assert sum(period["volume"] for period in periods(work)) == 3000


def test_periods_that_were_missed_are_closed_one_after_the_other(work: Work) -> None:
    for month in (2, 5, 8):
        buy(work, date(2026, month, 5), 1000 * month)
    assert closing.close_due(work, COMPANY) == 3
    assert [(period["last"], period["credit"]) for period in periods(work)] == [
        ("2026-03-31", 200),
        ("2026-06-30", 1000),
        ("2026-09-30", 1600),
    ]


def test_a_yearly_bonus_is_owed_in_twelve_parts(work: Work) -> None:
    year = {**QUARTER, "code": "year", "every": "year", "pays": "goods_monthly_next_year"}
    work = programmes(work, year)
    buy(work, Q3, 1001)
    work = days_later(work, 60)  # 19 January
    night(work)
    owed = entitlements(work)
    assert [(each.part, each.amount) for each in owed] == [
        *((number, Decimal("8.34")) for number in range(1, 12)),
        (12, Decimal("8.36")),
    ]
    assert [each.announced for each in owed] == [True] + [False] * 11
    assert sum(each.amount for each in owed) == balances(work).goods_owed == Decimal("100.10")
    night(days_later(work, 20))
    assert len(events(work, "goods.available")) == 2


def test_a_gift_waits_for_the_staff(work: Work) -> None:
    work = programmes(work, {**QUARTER, "pays": "gift"})
    buy(work, Q3, 2000)
    night(work)
    (gift,) = entitlements(work)
    assert (gift.kind, gift.amount, gift.expires_on) == ("gift", 200, None)
    assert [item["entitlement_id"] for item in goods_store.waiting(work.table, 10, None).items] == [gift.entitlement_id]


# --- again, interrupted, at the same time -----------------------------------------------------------------------------


def test_a_close_that_is_asked_for_again_does_nothing(work: Work) -> None:
    buy(work, Q3, 2000)
    night(work)
    before = everything(work)
    night(work)
    for event in sale(work, Q3, 2000):
        deliver(work, event)
        deliver(work, event)
    night(work)
    assert [period["credit"] for period in periods(work)] == [200]
    assert {key: item for key, item in everything(work).items() if key.sk.startswith("ENTITLEMENT")} == {
        key: item for key, item in before.items() if key.sk.startswith("ENTITLEMENT")
    }


def told(work: Work) -> Any:
    """The whole table, without ids and what counts the writes."""
    return sorted(
        str({name: value for name, value in item.items() if name not in ("sk", "version")})
        for key, item in everything(work).items()
        if key.sk.startswith("EVENT#")
    ), {key: {**item, "version": 0} for key, item in everything(work).items() if not key.sk.startswith("EVENT#")}


def test_an_interrupted_close_is_finished_by_its_repeat_and_done_once(work: Work) -> None:
    buy(work, Q3, 2000)
    before = everything(work)
    night(work)
    wanted = told(work)
    rounds = 0
    for crash in crashes():
        restore(work, before)
        with crash:
            night(work)
        work.memo.clear()
        night(work)
        assert told(work) == wanted, crash
        rounds += 1
    assert rounds > 10


def test_an_interrupted_opening_is_finished_by_its_repeat(work: Work) -> None:
    (event,) = sale(work, Q3, 2000)
    before = everything(work)
    deliver(work, event)
    wanted = everything(work)
    for crash in crashes():
        restore(work, before)
        with crash:
            deliver(work, event)
        deliver(work, event)
        assert everything(work) == wanted, crash


@pytest.mark.parametrize("bought", [2000, 0])
@pytest.mark.parametrize("delivered", ["meanwhile", "afterwards"])
@pytest.mark.parametrize("day", [Q3 + timedelta(days=3), date(2026, 11, 2), date(2026, 2, 1)])
def test_a_document_that_comes_while_a_period_is_closed_is_not_lost(
    work: Work, day: date, delivered: str, bought: int
) -> None:
    buy(work, Q3, 2000)
    buy(work, Q3 + timedelta(days=1), bought - 2000)
    before = everything(work)
    recorded: list[Any] = []

    def other() -> None:
        recorded.extend(sale(work, day, 700))
        if delivered == "meanwhile":
            for event in recorded:
                deliver(work, event)

    for race in races(other):
        restore(work, before)
        recorded.clear()
        with race:
            night(work)
        if delivered == "afterwards":
            for event in recorded:
                deliver(work, event)
        night(days_later(work, 52))
        counted = sum((period["purchases"] + period["adjustments"] for period in periods(work)), Decimal(0))
        assert counted == bought + (700 if recorded else 0), race
        assert balances(work).goods_owed == sum(period["credit"] for period in periods(work)), race


def test_two_workers_close_one_period_once(work: Work) -> None:
    buy(work, date(2026, 5, 5), 1000)
    buy(work, Q3, 2000)
    before = everything(work)
    for race in races(lambda: night(work)):
        restore(work, before)
        with race:
            night(work)
        assert [(period["volume"], period["credit"]) for period in periods(work)] == [(1000, 100), (2000, 200)], race
        assert balances(work).goods_owed == 300, race


# --- frozen prices ----------------------------------------------------------------------------------------------------


def test_the_first_close_freezes_the_base_prices_for_all(work: Work) -> None:
    stock(work, *(row(f"SKU-{number:03}", "5.00") for number in range(250)))
    buy(work, Q3, 2000)
    night(work)
    stock(work, row("SKU-001", "6.00"), row("NEW-1", "7.00"))
    company(work, "cmp_2")
    buy(work, Q3, 2000, company_id="cmp_2")
    night(days_later(work, 1), "cmp_2")
    listed = entitlements(work, "cmp_2")[0].price_list
    assert listed == entitlements(work)[0].price_list == "quarter:2026-09-30"
    prices = goods_store.prices_of(work.table, listed, ["SKU-001", "SKU-249", "NEW-1", "LMP-1"])
    assert {sku: priced.base_price for sku, priced in prices.items()} == {
        "SKU-001": Decimal("5.00"),
        "SKU-249": Decimal("5.00"),
        "LMP-1": Decimal("12.00"),
    }
    whole = work.table.get(volume_keys.price_list(listed))
    assert whole is not None
    assert whole["goods"] == 251


def test_a_list_that_two_freeze_at_once_is_one_list_and_changes_no_more(work: Work) -> None:
    stock(work, *(row(f"SKU-{number:03}", "5.00") for number in range(250)))
    before = everything(work)
    for interruption in chain(crashes(), races(lambda: goods_prices.freeze(days_later(work, 0), "list"))):
        restore(work, before)
        with interruption:
            goods_prices.freeze(work, "list")
        work.memo.clear()
        goods_prices.freeze(work, "list")
        stock(work, row("SKU-001", "6.00"))
        work.memo.clear()
        goods_prices.freeze(work, "list")
        frozen = list(work.table.query_all(volume_keys.frozen_price("list", "").pk, starts="PRICE#"))
        assert len(frozen) == 251, interruption
        assert {item["base_price"] for item in frozen} == {Decimal("5.00"), Decimal("12.00")}, interruption


def test_the_night_freezes_the_lists_of_the_periods_that_closed_last(work: Work) -> None:
    assert goods_prices.freeze_due(work) == ["quarter:2026-09-30"]
    assert goods_prices.freeze_due(days_later(work, 51)) == ["quarter:2026-09-30"]
    assert goods_prices.freeze_due(days_later(work, 52)) == ["quarter:2026-12-31"]
    assert goods_prices.freeze_due(programmes(work, {**QUARTER, "pays": "gift"})) == []
    assert goods_prices.freeze_due(programmes(work, {**QUARTER, "since": "2026-10-01"})) == []
