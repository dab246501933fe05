"""An entitlement by itself: what it is on a day, and when something is due of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses.goods import rules as goods_rules
from chalicelib.bonuses.goods.rules import ChoiceState, ChoiceStep, Entitlement, FrozenPrice, RequestedLine, StepRefused

START = date(2026, 4, 11)
DAY = timedelta(days=1)
LAMP = FrozenPrice("LMP-1", "Lamp", "Лампа", "", "", "pcs", 1, Decimal("12.00"), "RUB")


def owed(**changed: Any) -> Entitlement:
    plain = Entitlement(
        entitlement_id="ent_1",
        company_id="cmp_1",
        currency="RUB",
        kind="goods",
        amount=Decimal(120),
        programme="quarter",
        first=date(2026, 1, 1),
        last=date(2026, 3, 31),
        part=1,
        parts=1,
        available_from=START,
        expires_on=START + 89 * DAY,
        notice_days=14,
        price_list="quarter:2026-03-31",
        posting_id="pst_1",
    )
    return replace(plain, **changed)


def choose(entitlement: Entitlement, quantity: int, day: date = START) -> ChoiceStep:
    requested = [RequestedLine("LMP-1", quantity)]
    about = {"choice_id": "cho_1", "member_id": "mbr_1", "note": "", "at": "2026-04-11T09:00:00.000Z"}
    return goods_rules.choose(entitlement, requested, {"LMP-1": LAMP}, day=day, **about)


@pytest.mark.parametrize(
    ("changed", "day", "state"),
    [
        ({}, START - DAY, "waiting"),
        ({}, START, "open"),
        ({"shipped": Decimal(20)}, START, "open"),
        ({"reserved": Decimal(120)}, START, "open"),
        ({"shipped": Decimal(120)}, START, "settled"),
        ({"shipped": Decimal(20), "expired": Decimal(100)}, START, "settled"),
        ({"expired": Decimal(120)}, START, "expired"),
        ({"expired": Decimal(20), "reversed": Decimal(100)}, START, "expired"),
        ({"reversed": Decimal(120)}, START, "reversed"),
    ],
)
def test_what_is_owed_is_open_and_then_what_ended_it(changed: dict[str, Any], day: date, state: str) -> None:
    assert owed(**changed).state(day) == state


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({}, START),
        ({"announced": True}, START + 75 * DAY),
        ({"announced": True, "notice_days": 200}, START),
        ({"announced": True, "warned": True}, START + 90 * DAY),
        ({"announced": True, "reserved": Decimal(120)}, None),
        ({"kind": "gift", "expires_on": None}, START),
        ({"kind": "gift", "expires_on": None, "announced": True}, None),
        ({"expired": Decimal(120)}, None),
    ],
)
def test_it_is_due_when_it_is_there_when_a_warning_is_and_when_it_expires(
    changed: dict[str, Any], due: date | None
) -> None:
    assert owed(**changed).due == due


def test_what_is_left_expires_after_the_last_day_and_what_is_reserved_does_not() -> None:
    chosen = choose(owed(), 4).entitlement
    last = START + 89 * DAY
    assert goods_rules.expire(chosen, last) == chosen
    expired = goods_rules.expire(chosen, last + DAY)
    assert (expired.left, expired.expired, expired.reserved, expired.owed) == (0, 72, 48, 48)
    assert goods_rules.expire(expired, last + 2 * DAY) == expired


def test_whoever_chooses_knows_that_the_goods_are_there() -> None:
    assert choose(owed(), 1).entitlement.announced


@pytest.mark.parametrize("day", [START - DAY, START + 90 * DAY])
def test_goods_are_chosen_on_their_days_only(day: date) -> None:
    with pytest.raises(StepRefused, match="wrong_state"):
        choose(owed(), 1, day)


def test_goods_of_another_currency_are_not_on_the_list() -> None:
    with pytest.raises(StepRefused, match="invalid"):
        choose(owed(currency="EUR"), 1)


def test_a_choice_is_shipped_in_so_many_parts_at_most() -> None:
    entitlement, choice, *_ = choose(owed(amount=Decimal(1200)), 100)
    about = {"posting_id": "pst_2", "member_id": "mbr_2", "at": "2026-04-12T09:00:00.000Z", "day": START}
    for number in range(goods_rules.MOST_SHIPMENTS):
        entitlement, choice, *_ = goods_rules.ship(
            entitlement, choice, [RequestedLine("LMP-1", 1)], shipment_id=f"shp_{number}", document=str(number), **about
        )
    assert choice.state is ChoiceState.PARTLY_SHIPPED
    with pytest.raises(StepRefused, match="wrong_state"):
        goods_rules.ship(entitlement, choice, None, shipment_id="shp_last", document="last", **about)
