"""The state of free goods by the order, its payments and the day."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.orders.free_goods.config import FreeGoodsDeadlines
from chalicelib.orders.free_goods.rules import (
    FreeGoodsState,
    NotGranted,
    OrderFreeGoods,
    Unpaid,
    WithdrawalReason,
    assess,
    promised,
    ship,
    verdict_of,
)
from chalicelib.orders.lifecycle import rules as lifecycle_rules
from chalicelib.orders.lifecycle.rules import ReturnedUnits
from chalicelib.orders.order import rules as order_rules
from chalicelib.orders.order.rules import Actor, HistoryEntry, Line, Order, OrderState, OrderStep, RequestedLine
from chalicelib.pricing.free_goods.rules import FreeGoodsPromise
from chalicelib.pricing.rules import FreeGoods, FreeGoodsTerms, Ruling

DAY = timedelta(days=1)
PLACED, PAY_BY = date(2026, 11, 20), date(2026, 12, 31)
AT = "2026-11-20T09:00:00.000Z"
CONFIG = FreeGoodsDeadlines(reminder_days=3, grace_days=2)
BY, OPERATOR = Actor("company", "mbr_1"), Actor("distributor", "mbr_d")


def terms(buy: int = 10, **more: Any) -> FreeGoodsTerms:
    when = {} if "pay_within_days" in more else {"pay_by": PAY_BY}
    return FreeGoodsTerms(buy, FreeGoods("GFT-1", 5, "Gift", "Подарок", "pcs"), **(when | more))


def an_order(units: int, given: FreeGoodsTerms, times: int = 1) -> Order:
    """Of units that count, and of others that do not."""
    ruling = Ruling("base_price", "listed", Decimal(10))
    line = Line("LMP-1", "Lamp", "Лампа", "pcs", units, Decimal(10), Decimal(10), Decimal(20), ruling, ())
    return Order(
        order_id="ord_1",
        number="261120-7K3QX",
        company_id="cmp_1",
        company_name="Luch",
        company_inn="7707083893",
        distributor_id="dst_1",
        distributor_name="Svet Opt",
        placed_at=AT,
        currency="RUB",
        comment="",
        state=OrderState.PLACED,
        lines=(line._replace(sku="SWT-1", quantity=3), line),
        history=(HistoryEntry(AT, OrderStep.PLACED, OrderState.PLACED, BY),),
        promises=(FreeGoodsPromise("gft_1", "prm_1", "Autumn", "Осень", given, (1,), times),),
    )


def accepted(units: int = 10, given: FreeGoodsTerms | None = None, times: int = 1, **less: int) -> Order:
    asked = [RequestedLine("LMP-1", less["to"])] if less else []
    return order_rules.accept(an_order(units, given or terms(), times), asked, by=OPERATOR, at=AT)


def shipped(order: Order, units: int | None = None, *, document: str = "УТ-1", day: date = PLACED) -> Order:
    asked = None if units is None else [RequestedLine("LMP-1", units)]
    return order_rules.ship(order, asked, document=document, day=day, by=OPERATOR, at=AT)


def returned(order: Order, units: int, document: str = "УТ-1", day: date = PLACED) -> Order:
    parts = [ReturnedUnits(document, "LMP-1", units)]
    asked = lifecycle_rules.request_return(order, "ret_1", parts, reason="Broken", by=BY, at=AT)
    return lifecycle_rules.accept_return(asked, "ret_1", [], document="ВЗ-1", day=day, by=OPERATOR, at=AT)


def goods(order: Order) -> OrderFreeGoods:
    (made,) = promised(order)
    return made


def verdict(order: Order, day: date = PLACED, **paid: date | None) -> tuple[str, int, str | None]:
    found = verdict_of(order.promises[0], order, {"УТ-1": None, "УТ-2": None} | _documents(paid), day, CONFIG)
    return found.state, found.times, found.why


def _documents(paid: dict[str, date | None]) -> dict[str, date | None]:
    return {name.replace("ut", "УТ-"): day for name, day in paid.items()}


# --- what the facts say -----------------------------------------------------------------------------------------------


def test_goods_are_promised_while_they_are_neither_shipped_nor_late():
    assert verdict(an_order(10, terms())) == ("promised", 1, None)
    assert verdict(accepted()) == ("promised", 1, None)
    assert verdict(shipped(accepted())) == ("promised", 1, None)


def test_they_are_granted_once_all_that_counts_is_shipped_and_paid_in_time():
    order = shipped(shipped(accepted(), 4), document="УТ-2")
    assert verdict(order, ut1=PLACED) == ("promised", 1, None)
    assert verdict(order, ut1=PLACED, ut2=PAY_BY) == ("granted", 1, None)


def test_a_payment_that_is_told_before_the_shipment_counts_once_it_is_shipped():
    assert verdict(accepted(), ut1=PLACED) == ("promised", 1, None)
    assert verdict(shipped(accepted()), ut1=PLACED) == ("granted", 1, None)


def test_units_beyond_what_it_takes_need_not_be_paid():
    order = shipped(shipped(accepted(25), 10), document="УТ-2")
    assert verdict(order, ut1=PLACED) == ("granted", 1, None)


@pytest.mark.parametrize(
    ("paid_on", "day", "expected"),
    [
        (None, PAY_BY + 2 * DAY, ("promised", 1, None)),  # it may have been paid on the last day, and be told tomorrow
        (None, PAY_BY + 3 * DAY, ("withdrawn", 0, "not_paid")),
        (PAY_BY + DAY, PAY_BY + DAY, ("withdrawn", 0, "not_paid")),
        (PAY_BY, PAY_BY + 30 * DAY, ("granted", 1, None)),  # told late, paid in time
    ],
)
def test_a_payment_is_in_time_up_to_its_last_day_and_may_be_told_for_some_days_more(
    paid_on: date | None, day: date, expected: tuple[str, int, str | None]
):
    assert verdict(shipped(accepted()), day, ut1=paid_on) == expected


def test_days_to_pay_are_counted_from_each_shipment():
    order = shipped(accepted(given=terms(pay_within_days=14)), 4)
    late = PLACED + 60 * DAY
    assert verdict(order, late, ut1=PLACED + 14 * DAY) == ("promised", 1, None)  # the rest is not even shipped
    whole = shipped(order, document="УТ-2", day=late)
    assert verdict(whole, late, ut1=PLACED + 14 * DAY, ut2=late + 14 * DAY) == ("granted", 1, None)
    assert verdict(whole, late, ut1=PLACED + 15 * DAY, ut2=late) == ("withdrawn", 0, "not_paid")


def test_what_is_not_shipped_by_the_day_to_pay_cannot_be_paid_in_time():
    assert verdict(accepted(), PAY_BY + 3 * DAY) == ("withdrawn", 0, "not_paid")


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (order_rules.reject(an_order(10, terms()), reason="No", by=OPERATOR, at=AT), "rejected"),
        (order_rules.cancel(an_order(10, terms()), by=BY, at=AT), "cancelled"),
        (accepted(10, to=9), "too_few"),
        (returned(shipped(accepted()), 1), "too_few"),
    ],
    ids=["rejected", "cancelled", "accepted with less", "given back"],
)
def test_they_are_withdrawn_when_too_little_is_left_of_the_order(order: Order, why: str):
    assert verdict(order, ut1=PLACED) == ("withdrawn", 0, why)


def test_what_is_cancelled_after_a_part_came_is_not_waited_for():
    order = shipped(accepted(25, terms(repeat=True), times=2), 12)
    assert verdict(order, ut1=PLACED) == ("promised", 2, None)
    asked = lifecycle_rules.request_cancellation(order, reason="Enough", by=BY, at=AT)
    ended = lifecycle_rules.approve_cancellation(asked, by=OPERATOR, at=AT)
    assert verdict(ended, ut1=PLACED) == ("granted", 1, None)


def test_where_a_promotion_repeats_what_was_paid_in_time_brings_its_share():
    order = shipped(shipped(accepted(30, terms(repeat=True), times=3), 20), document="УТ-2")
    assert verdict(order, PAY_BY, ut1=PLACED) == ("promised", 3, None)
    assert verdict(order, PAY_BY + 3 * DAY, ut1=PLACED) == ("granted", 2, None)


def test_more_than_was_promised_is_not_given():
    order = an_order(10, terms(repeat=True))
    more = order_rules.confirm(
        order_rules.accept(order, [RequestedLine("LMP-1", 40)], by=OPERATOR, at=AT), by=BY, at=AT
    )
    assert verdict(shipped(more), ut1=PLACED) == ("granted", 1, None)


# --- their life -------------------------------------------------------------------------------------------------------


def test_a_letter_reminds_of_what_is_to_be_paid_once_for_each_last_day():
    order = shipped(shipped(accepted(given=terms(pay_within_days=10)), 4), document="УТ-2", day=PLACED + 5 * DAY)
    paid: dict[str, date | None] = {}
    seen, reminded = goods(order), {}
    for days in range(20):
        seen, remind = assess(seen, order, paid, PLACED + days * DAY, CONFIG)
        if remind:
            reminded[days] = [(each.document, (each.last_day - PLACED).days) for each in remind]
    assert reminded == {7: [("УТ-1", 10)], 12: [("УТ-2", 15)]}
    assert seen.state is FreeGoodsState.WITHDRAWN


def test_what_is_shipped_in_the_last_days_is_reminded_of_at_once():
    order = shipped(accepted(), day=PAY_BY - DAY)
    _, remind = assess(goods(order), order, {}, PAY_BY - DAY, CONFIG)
    assert remind == (Unpaid("УТ-1", 10, PAY_BY),)


def test_shipped_goods_stay_with_the_company_whatever_comes_back():
    order = shipped(accepted())
    granted, _ = assess(goods(order), order, {"УТ-1": PLACED}, PLACED, CONFIG)
    gone = ship(granted, "УТ-1", PLACED)
    assert assess(gone, returned(order, 10), {}, PAY_BY + 30 * DAY, CONFIG).goods == gone
    assert (gone.state, gone.quantity, gone.due_on) == ("shipped", 5, None)


@pytest.mark.parametrize("order", [accepted(), accepted(10, to=3)], ids=["promised", "withdrawn"])
def test_only_what_is_granted_can_be_shipped(order: Order):
    seen, _ = assess(goods(order), order, {}, PLACED, CONFIG)
    with pytest.raises(NotGranted):
        ship(seen, "УТ-1", PLACED)


# --- whatever happens -------------------------------------------------------------------------------------------------

part = st.tuples(st.integers(1, 8), st.integers(0, 20), st.none() | st.integers(0, 30))


@settings(max_examples=150)
@given(
    parts=st.lists(part, max_size=5),
    back=st.integers(0, 6),
    fixed=st.booleans(),
    repeat=st.booleans(),
    buy=st.integers(1, 12),
    today=st.integers(0, 40),
)
def test_goods_are_granted_if_and_only_if_enough_was_shipped_kept_and_paid_in_time_or_can_still_be(
    parts: list[tuple[int, int, int | None]], back: int, fixed: bool, repeat: bool, buy: int, today: int
):
    """Against a count by hand, for days to pay by and days after a shipment."""
    given = FreeGoodsTerms(
        buy,
        FreeGoods("GFT-1", 1, "Gift", "Подарок", "pcs"),
        pay_by=PLACED + 10 * DAY if fixed else None,
        pay_within_days=None if fixed else 7,
        repeat=repeat,
    )
    ordered = 20
    most = ordered // buy if repeat else 1
    order = accepted(ordered, given, most) if most else accepted(ordered, given)
    documents = (f"D{number}" for number in count())
    paid_on: dict[str, date | None] = {}
    kept: list[tuple[int, int, int | None]] = []
    for units, shipped_after, paid_after in parts:
        if units > order.lines[1].left - 1:
            continue  # the order stays open
        document = next(documents)
        order = shipped(order, units, document=document, day=PLACED + shipped_after * DAY)
        paid_on[document] = None if paid_after is None else PLACED + paid_after * DAY
        kept.append((units, 10 if fixed else shipped_after + 7, paid_after))
    if kept and back and back <= kept[0][0]:
        order = returned(order, back, "D0", PLACED + 40 * DAY)
        kept[0] = (kept[0][0] - back, *kept[0][1:])
    grace = CONFIG.grace_days
    there = sum(units for units, last, paid in kept if paid is not None and paid <= last)
    hoped = there + sum(units for units, last, paid in kept if paid is None and today <= last + grace)
    if not fixed or today <= 10 + grace:
        hoped += order.lines[1].left

    def brings(units: int) -> int:
        return min(units // buy, order.promises[0].count)

    found = verdict_of(order.promises[0], order, paid_on, PLACED + today * DAY, CONFIG)
    assert (found.state is FreeGoodsState.WITHDRAWN) == (brings(hoped) == 0)
    assert (found.state is FreeGoodsState.GRANTED) == (0 < brings(hoped) == brings(there))
    assert found.times == brings(hoped)
    assert (found.why is not None) == (found.state is FreeGoodsState.WITHDRAWN)
    assert found.why in (None, WithdrawalReason.NOT_PAID, WithdrawalReason.TOO_FEW)
    if found.lapses_on:
        before = verdict_of(order.promises[0], order, paid_on, found.lapses_on - DAY, CONFIG)
        assert (before.state, before.times) == (found.state, found.times), (
            "nothing changes before it is looked at again"
        )
