"""The bonus of a document, by plain examples and by properties."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bonuses.accruals.rules import (
    NO_RATE,
    PENDING,
    AccrualCase,
    AccrualPolicy,
    Accrued,
    AppliedRate,
    Rate,
    RateBase,
    RatedDocument,
    after_step,
    any_rate,
    any_rate_since,
    basis,
    earned,
    next_step,
    rate_of_goods,
    rate_of_tier,
    target_accruals,
)
from chalicelib.catalog import Traits

DAY = date(2026, 11, 20)
SALE, BACK, OTHER = ("1c", "2026/1"), ("1c", "2026-returns/1"), ("1c", "2026-returns/2")
SILVER = AppliedRate(Decimal("1.5"), "tier", "silver")
numbers = count(1)
RATES = (
    Rate(Decimal("1.5"), "tier", "silver"),
    Rate(Decimal(2), "brand", "Svet"),
    Rate(Decimal(2), "category", "LED"),
    Rate(Decimal(3), "sku", "L-1", DAY, DAY + timedelta(days=9), "autumn"),
    Rate(Decimal("0.5")),
)


def policy(available_on: str = "shipped_and_paid") -> AccrualPolicy:
    return AccrualPolicy(available_on, lambda day: date(day.year + 1, 12, 31))  # type: ignore[arg-type]


def fact(
    amount: str, kind: str = "sale", rate: AppliedRate = SILVER, day: date = DAY, revision: int = 1
) -> RatedDocument:
    return RatedDocument(
        kind, day, DAY, revision, "RUB", Decimal(amount), (RateBase(NO_RATE, Decimal(amount)),), "silver", rate
    )


# --- rates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "goods", "day", "expected"),
    [
        ("L-2", Traits(), DAY, ("all", "")),
        ("L-2", Traits("Svet", ""), DAY, ("brand", "Svet")),
        ("L-2", Traits("Svet", "LED"), DAY, ("brand", "Svet")),
        ("L-2", Traits("", "LED"), DAY, ("category", "LED")),
        ("L-1", Traits("Svet", "LED"), DAY, ("sku", "L-1")),
        ("L-1", Traits("Svet", "LED"), DAY - timedelta(days=1), ("brand", "Svet")),
        ("L-1", Traits(), DAY + timedelta(days=9), ("sku", "L-1")),
        ("L-1", Traits(), DAY + timedelta(days=10), ("all", "")),
    ],
)
def test_goods_have_their_highest_rate_and_of_equals_the_first(
    sku: str, goods: Traits, day: date, expected: tuple[str, str]
) -> None:
    assert rate_of_goods(RATES, sku, goods, day)[1:3] == expected


def test_a_tier_has_its_own_rate_and_no_tier_has_none() -> None:
    assert rate_of_tier(RATES, "silver", DAY) == SILVER
    assert [rate_of_tier(RATES, tier, DAY) for tier in ("gold", "")] == [NO_RATE, NO_RATE]
    day_before = DAY - timedelta(days=1)
    assert not any_rate([Rate(Decimal(1), first=DAY)], day_before)
    assert any_rate_since([Rate(Decimal(1), first=DAY)], day_before)
    assert not any_rate_since([Rate(Decimal(1), last=day_before)], DAY)


def test_each_rate_is_rounded_once_half_up() -> None:
    lines = [("L-2", Decimal("0.34")), ("L-3", Decimal("0.33")), ("L-1", Decimal("33.50")), ("", Decimal("-0.50"))]
    bases = basis(lines, {}, RATES, DAY)
    assert {base.reason.by: base.amount for base in bases} == {"all": Decimal("0.17"), "sku": Decimal("33.50")}
    groups = earned(bases, SILVER)
    assert [(group.reason.by, group.amount, group.bonus) for group in groups] == [
        ("tier", Decimal("0.17"), Decimal("0.00")),
        ("sku", Decimal("33.50"), Decimal("1.01")),
    ]


def test_a_tier_joins_all_goods_whose_own_rate_is_lower_or_equal() -> None:
    bases = (RateBase(AppliedRate(Decimal("1.5"), "brand", "A"), Decimal("0.30")), RateBase(NO_RATE, Decimal("0.30")))
    [group] = earned(bases, SILVER)
    assert (group.reason, group.amount, group.bonus) == (SILVER, Decimal("0.60"), Decimal("0.01"))


amounts = st.integers(-500_000, 500_000).map(lambda hundredths: Decimal(hundredths) / 100)
lines = st.lists(st.tuples(st.sampled_from(["L-1", "L-2", ""]), amounts), max_size=8)


@given(lines, st.permutations(range(8)))
def test_the_order_of_lines_does_not_matter(several: list[tuple[str, Decimal]], order: list[int]) -> None:
    mixed = [several[place] for place in order if place < len(several)]
    goods = {"L-2": Traits("Svet", "LED")}
    assert basis(several, goods, RATES, DAY) == basis(mixed, goods, RATES, DAY)


@given(lines)
def test_a_bonus_differs_from_its_percents_by_less_than_a_hundredth_a_rate(several: list[tuple[str, Decimal]]) -> None:
    groups = earned(basis(several, {}, RATES, DAY), SILVER)
    exact = sum((group.amount * group.reason.percent / 100 for group in groups), Decimal(0))
    assert abs(sum((group.bonus for group in groups), Decimal(0)) - exact) <= Decimal("0.005") * len(groups)
    assert sum((group.amount for group in groups), Decimal(0)) == sum((amount for _, amount in several), Decimal(0))


# --- cases ------------------------------------------------------------------------------------------------------------


def test_a_granted_bonus_waits_for_its_payment_and_counts_from_the_later_day() -> None:
    case = AccrualCase("cmp_1", SALE)
    assert target_accruals(case, {SALE: fact("1000")}, None, policy())[SALE].place == PENDING
    paid = target_accruals(case, {SALE: fact("1000")}, DAY + timedelta(days=60), policy())[SALE]
    assert (paid.amount, paid.place.expires_on, paid.place.since) == (15, date(2028, 12, 31), date(2027, 1, 19))
    ahead = target_accruals(case, {SALE: fact("1000")}, DAY - timedelta(days=60), policy())[SALE]
    assert ahead.place.since == DAY
    shipped = target_accruals(case, {SALE: fact("1000")}, None, policy("shipped"))[SALE]
    assert shipped.place.expires_on == date(2027, 12, 31)


def test_what_was_granted_keeps_its_policy_and_its_expiry_when_the_clubs_are_other_ones() -> None:
    facts, later = {SALE: fact("1000")}, DAY + timedelta(days=9)
    short = AccrualPolicy("shipped_and_paid", lambda day: day)
    shipped, _, _ = run(
        AccrualCase("cmp_1", SALE), target_accruals(AccrualCase("cmp_1", SALE), facts, None, policy("shipped"))
    )
    assert target_accruals(shipped, facts, None, short) == shipped.accrued
    assert target_accruals(shipped, facts, later, short) == shipped.accrued, "its payment was not waited for"
    paid, _, _ = run(AccrualCase("cmp_1", SALE), target_accruals(AccrualCase("cmp_1", SALE), facts, later, policy()))
    assert target_accruals(paid, facts, later, AccrualPolicy("shipped", lambda day: day)) == paid.accrued
    assert target_accruals(paid, facts, None, short)[SALE].place == PENDING, "the payment was withdrawn"
    assert target_accruals(paid, facts, later + timedelta(days=1), short)[SALE].place.expires_on == later + timedelta(
        days=1
    )


def test_a_loss_takes_back_one_grant_after_the_other_the_newest_first() -> None:
    case, _, _ = run(
        AccrualCase("cmp_1", SALE), target_accruals(AccrualCase("cmp_1", SALE), {SALE: fact("1000")}, None, policy())
    )
    gold = AppliedRate(Decimal(3), "tier", "gold")
    case, _, _ = run(case, target_accruals(case, {SALE: fact("1000", rate=gold)}, None, policy()))
    first, second = case.grants
    facts = {SALE: fact("1000", rate=gold), BACK: fact("-800", "return", gold)}
    target = target_accruals(case, facts, None, policy())
    taken = []
    while step := next_step(case, target):
        assert step.why == "return"
        taken.append((step.reverses, step.movements[0].amount))
        case = after_step(case, step, "pst_back")
    assert taken == [(second, -15), (first, -9)]
    assert case.grants == (first._replace(left=Decimal("6")),)


def test_the_earliest_returns_take_first_and_all_together_no_more_than_the_sale_gave() -> None:
    later = fact("-700", "return", day=DAY + timedelta(days=2))
    earlier = fact("-800", "return", day=DAY + timedelta(days=1))
    found = target_accruals(
        AccrualCase("cmp_1", SALE), {SALE: fact("1000"), BACK: later, OTHER: earlier}, None, policy()
    )
    assert {ref: each.amount for ref, each in found.items()} == {SALE: 15, OTHER: -12, BACK: -3}


ONE_PERCENT = AppliedRate(Decimal(1))


@pytest.mark.parametrize("parts", [["50.25", "50.25"], ["33.50", "33.50", "33.50"], ["0.49", "0.49", "99.52"]])
def test_a_sale_that_came_back_in_parts_has_nothing_left(parts: list[str]) -> None:
    facts = {SALE: fact("100.50", rate=ONE_PERCENT)}
    facts |= {("1c", f"2026-returns/{n}"): fact(f"-{part}", "return", ONE_PERCENT) for n, part in enumerate(parts)}
    for order in permutations(facts):
        case, come = AccrualCase("cmp_1", SALE), {}
        for ref in order:
            come[ref] = facts[ref]
            case, _, _ = run(case, target_accruals(case, come, None, policy()))
        assert sum(each.amount for each in case.accrued.values()) == 0, order


def test_the_parts_of_each_rate_are_rounded_together() -> None:
    def of_two(amount: str) -> RatedDocument:
        brand = AppliedRate(Decimal(3), "brand", "Svet")
        bases = (RateBase(NO_RATE, Decimal(amount)), RateBase(brand, Decimal(amount)))
        kind = "return" if Decimal(amount) < 0 else "sale"
        return fact(amount, kind, ONE_PERCENT)._replace(bases=bases)

    facts = {SALE: of_two("100.50"), BACK: of_two("-50.25"), OTHER: of_two("-50.25")}
    found = target_accruals(AccrualCase("cmp_1", SALE), facts, None, policy())
    # 1.005 and 3.015; then 0.5025 and 1.5075; then nothing
    assert [found[ref].amount for ref in (SALE, BACK, OTHER)] == [Decimal(text) for text in ("4.03", "-2.02", "-2.01")]


def test_a_sale_that_gave_nothing_has_nothing_taken_back() -> None:
    found = target_accruals(
        AccrualCase("cmp_1", SALE), {SALE: fact("1000", rate=NO_RATE), BACK: fact("-700", "return")}, None, policy()
    )
    assert {each.amount for each in found.values()} == {0}


def run(case: AccrualCase, target: dict[tuple[str, str], Accrued]) -> tuple[AccrualCase, list[str], Decimal]:
    """The case after all its steps, why each was made, and how far below nothing it was at worst."""
    whys = []
    least = min(Decimal(0), sum((each.amount for each in case.accrued.values()), Decimal(0)))
    while step := next_step(case, target):
        whys.append(step.why)
        if step.reverses:
            assert step.reverses in case.grants
            assert step.reverses.left + sum(amount for _, amount in step.movements) >= 0
        case = after_step(case, step, f"pst_{next(numbers)}")
        least = min(least, sum((each.amount for each in case.accrued.values()), Decimal(0)))
    return case, whys, least


def test_a_payment_moves_all_of_a_case_at_once() -> None:
    facts = {SALE: fact("1000"), BACK: fact("-200", "return")}
    unpaid, whys, _ = run(
        AccrualCase("cmp_1", SALE), target_accruals(AccrualCase("cmp_1", SALE), facts, None, policy())
    )
    assert whys == ["purchase", "return"]
    step = next_step(unpaid, target_accruals(unpaid, facts, DAY, policy()))
    assert step
    assert step.why == "payment"
    assert sum(amount for _, amount in step.movements) == 0


def had(accrued: Mapping[tuple[str, str], Accrued]) -> dict[tuple[str, str], tuple[Decimal, date | None]]:
    """The amount and the place of each document's bonus, without empty ones."""
    return {ref: (each.amount, each.place.expires_on) for ref, each in accrued.items() if each.amount}


revisions = st.tuples(
    st.none() | st.integers(0, 3000).map(str),
    st.lists(st.integers(0, 2000).map(lambda amount: str(-amount)), max_size=2),
    st.none() | st.just(DAY),
    st.sampled_from([SILVER, AppliedRate(Decimal(3), "tier", "gold"), NO_RATE]),
)


@given(st.lists(revisions, min_size=1, max_size=4))
def test_whatever_the_facts_were_steps_lead_to_what_they_are_and_no_return_takes_too_much_on_the_way(
    history: list[tuple[str | None, list[str], date | None, AppliedRate]],
) -> None:
    case = AccrualCase("cmp_1", SALE)
    for sold, given_back, paid_on, rate in history:
        facts = {} if sold is None else {SALE: fact(sold, rate=rate)}
        facts |= {ref: fact(amount, "return", rate) for ref, amount in zip((BACK, OTHER), given_back, strict=False)}
        target = target_accruals(case, facts, paid_on, policy())
        before = sum((each.amount for each in case.accrued.values()), Decimal(0))
        case, _, least = run(case, target)
        assert had(case.accrued) == had(target)
        assert sum((grant.left for grant in case.grants), Decimal(0)) >= sum(
            (each.amount for each in case.accrued.values()), Decimal(0)
        )
        # Without its sale a return takes by itself.
        assert least >= min(before, 0) or sold is None
