"""The result of a wave: by the drawn arms, on planned looks only."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.orders import OrderLine
from chalicelib.pricing import Ruling
from chalicelib.retention.cases.model import CallKind, Entry, Result, SilenceReason
from chalicelib.retention.cases.rules import talks
from chalicelib.retention.results.model import CompanyResult, Look, OfferSums, Unit
from chalicelib.retention.results.rules import (
    by_code,
    by_rank,
    by_strata,
    compare,
    in_words,
    is_known,
    is_suspect,
    look_on,
    margin_effect,
    margin_in_words,
    margin_of,
    next_look,
    offer_sums,
    offer_sums_of,
    too_early,
    turnover_effect,
    units,
)
from chalicelib.retention.waves.rules import is_held_out
from tests.retention.waves.test_model import FIRST, wave

LAST_LOOK = Look(3, 3, FIRST + timedelta(days=117))


def result(number: int, arm: str = "called", **facts: object) -> CompanyResult:
    made = CompanyResult(wave_id="wav_1", company_id=f"cmp_{number}", unit=f"{number}", arm=arm, day=FIRST)  # type: ignore[arg-type]
    return replace(made, **facts)  # type: ignore[arg-type]


def simulated(random: Random, *, lift: float = 0.0, base: float = 0.4, companies: int = 400) -> list[CompanyResult]:
    found = []
    for number in range(companies):
        held = is_held_out(str(random.random()), str(number), 25)
        ordered = random.random() < base + (0 if held else lift)
        found.append(
            result(
                number,
                "held" if held else "called",
                ordered_30=ordered and random.random() < 0.4,
                ordered_90=ordered,
                turnover=Decimal(random.randrange(1000, 90_000)) if ordered else Decimal(0),
                before=Decimal(random.randrange(1000, 90_000)),
            )
        )
    return found


@given(st.integers(0, 200))
def test_between_two_looks_every_day_shows_the_same_look(offset: int) -> None:
    found, today = wave(), FIRST + timedelta(days=offset)
    look = look_on(found, today)
    assert (look is None) is (today < found.looks[0])
    if look:
        assert look.day <= today and look.day == found.looks[look.number - 1] and look.of == len(found.looks)
    following = next_look(found, today)
    assert following is None or following > today


def test_only_outcomes_that_were_known_on_the_look_count() -> None:
    first = Look(1, 3, FIRST + timedelta(days=90))
    assert is_known(result(1), first)
    assert not is_known(result(1, day=FIRST + timedelta(days=1)), first)


def test_companies_of_one_inn_are_one_unit() -> None:
    one = result(1, unit="7707083893", ordered_90=True, turnover=Decimal(100))
    two = result(2, unit="7707083893", day=FIRST + timedelta(days=2), arm="held", called=True, turnover=Decimal(50))
    [unit] = units([two, one])
    assert (unit.arm, unit.ordered_90, unit.called, unit.turnover, unit.is_mixed) == ("called", True, True, 150.0, True)


def test_without_an_arm_there_is_nothing_to_compare() -> None:
    assert compare(units([result(number) for number in range(9)]), LAST_LOOK) is None
    assert "too few" in in_words(None, False, "en") and "мало" in in_words(None, False, "ru")


def test_arms_that_are_not_as_they_were_drawn_are_suspect() -> None:
    several = units([result(number, "held" if number < 40 else "called") for number in range(400)])
    assert is_suspect(several, 25)
    assert "cause" in in_words(None, True, "en") and "причину" in in_words(None, True, "ru")
    assert not is_suspect(units(simulated(Random(1))), 25)


def test_a_result_says_in_words_whether_it_can_be_told() -> None:
    few = compare(units(simulated(Random(2))), LAST_LOOK)
    assert in_words(few, False, "en").endswith("Too few to tell.")
    much = compare(units(simulated(Random(2), lift=0.3)), LAST_LOOK)
    assert much and much.ordered_90.effect.is_shown
    assert in_words(much, False, "en").endswith("The calls helped.") and in_words(much, False, "ru").endswith(
        "помогли."
    )
    harm = compare(units(simulated(Random(2), lift=-0.3)), LAST_LOOK)
    assert in_words(harm, False, "en").endswith("did harm.") and in_words(harm, False, "ru").endswith("повредили.")
    called = Unit("called", False, False, False, False, 0.0, 0.0, 0.0, None, False)
    arms = [("called", 118, 500), ("held", 28, 170)]
    shown = compare(
        [called._replace(arm=arm, ordered_90=place < ordered) for arm, ordered, of in arms for place in range(of)],
        LAST_LOOK,
    )
    told, said = in_words(shown, False, "en"), in_words(shown, False, "ru")
    assert "23.6 of 100 called companies ordered, and 16.5 of 100 held out: a difference of 7.1 (from -" in told
    assert "23,6 из 100" in said and "разница 7,1 (от" in said
    assert "1" in too_early(wave(), "en") and "впервые" in too_early(wave(), "ru")


@pytest.mark.parametrize("lift", [0.0, 0.08])
def test_most_waves_hold_the_truth_in_their_interval(lift: float) -> None:
    """The rates themselves are tested with the rules of waves."""
    random, covered, alarms = Random(5), 0, 0
    for _ in range(200):
        found = compare(units(simulated(random, lift=lift)), LAST_LOOK)
        assert found
        low, high = found.ordered_90.effect.low, found.ordered_90.effect.high
        covered += low <= lift <= high
        alarms += found.ordered_90.effect.is_shown
    assert 0.9 <= covered / 200 <= 1
    if not lift:
        assert alarms / 200 <= 0.1


def test_where_nobody_ordered_no_difference_of_money_is_told() -> None:
    several = units(result(number, "held" if number < 6 else "called", before=Decimal(100)) for number in range(18))
    assert turnover_effect(several, LAST_LOOK, Random(1)) is None
    assert all(each.turnover is None for each in by_rank(several, LAST_LOOK, Random(1)))


def test_only_ranks_that_a_call_moves_show_it() -> None:
    random = Random(7)
    found = []
    for number in range(4000):
        held = is_held_out("wav_1", str(number), 25)
        helped = 0.3 if number < 1000 and not held else 0  # a call moves the first quarter by rank, and nobody else
        found.append(
            result(
                number,
                "held" if held else "called",
                ordered_90=random.random() < 0.4 + helped,
                expected_sum=Decimal(4000 - number),
            )
        )
    groups = by_rank(units(found), LAST_LOOK, random)
    assert [(each.first_percent, each.last_percent) for each in groups] == [(n, n + 10) for n in range(0, 100, 10)]
    assert sum(each.comparison.called + each.comparison.held for each in groups) == 4000
    shown = [each.comparison.ordered_90.effect.low > 0 for each in groups]
    assert shown[:2] == [True, True] and not any(shown[3:])


@given(st.lists(st.sampled_from(["called", "held"]), max_size=40))
def test_ranks_are_parts_of_the_wave_that_can_all_be_compared(arms: list[str]) -> None:
    found = units(result(number, arm, expected_sum=Decimal(number)) for number, arm in enumerate(arms))
    groups = by_rank(found, LAST_LOOK, Random(1))
    assert len(groups) != 1
    if groups:
        assert groups[0].first_percent == 0 and groups[-1].last_percent == 100
        assert sum(each.comparison.called + each.comparison.held for each in groups) == len(found)
        assert all(min(each.comparison.called, each.comparison.held) >= 2 for each in groups)


def of_two_managers(random: Random) -> tuple[list[CompanyResult], list[CompanyResult]]:
    """Both managers move large companies by 30 points, and small ones by nothing; three of four large ones are Olga's."""
    mine: list[CompanyResult] = []
    hers: list[CompanyResult] = []
    for number in range(1200):
        large = number % 3 == 0
        held = random.random() < 0.5
        lift = 0.3 if large and not held else 0.0
        (hers if random.random() < (0.75 if large else 0.25) else mine).append(
            result(
                number,
                "held" if held else "called",
                ordered_90=random.random() < 0.4 + lift,
                expected_sum=Decimal(10_000 + number if large else number),
            )
        )
    return mine, hers


def test_managers_are_compared_as_if_their_companies_were_worth_the_same() -> None:
    raw: list[float] = []
    fair: list[float] = []
    covered = 0
    for seed in range(100):
        mine, hers = of_two_managers(Random(seed))
        several = units([*mine, *hers])
        of_mine, of_hers = (by_strata(several, units(each), LAST_LOOK) for each in (mine, hers))
        plain = [compare(units(each), LAST_LOOK) for each in (mine, hers)]
        assert of_mine and of_hers and plain[0] and plain[1]
        raw.append(plain[1].ordered_90.effect.difference - plain[0].ordered_90.effect.difference)
        fair.append(of_hers.effect.difference - of_mine.effect.difference)
        covered += sum(each.effect.low <= 0.1 <= each.effect.high for each in (of_mine, of_hers))
        assert of_mine.effect.difference == pytest.approx(of_mine.called - of_mine.held)
    assert fmean(raw) > 0.1 and abs(fmean(fair)) < 0.03  # the same work, another portfolio
    assert 0.92 <= covered / 200 <= 0.99


def test_a_manager_without_companies_of_each_value_is_not_comparable() -> None:
    several = units(
        result(number, ("held", "called")[number % 2], expected_sum=Decimal(number)) for number in range(60)
    )
    assert by_strata(several, several, LAST_LOOK)
    assert by_strata(several, [each for each in several if each.expected_sum < 40], LAST_LOOK) is None


def test_a_reason_is_held_against_what_was_to_be_expected_without_a_call() -> None:
    random = Random(8)
    found = []
    for number in range(8000):
        held = is_held_out("wav_1", str(number), 25)
        chance = random.random()
        price = not held and chance > 0.6  # who would have come anyway blames the price
        found.append(
            result(
                number,
                "held" if held else "called",
                ordered_90=random.random() < 0.8 * chance,  # the season is weaker than the rhythm says
                chance=Decimal(str(round(chance, 4))),
                reason=SilenceReason.PRICE if price else None,
            )
        )
    [told] = by_code(found, lambda each: each.reason)
    assert (told.code, told.companies) == ("price", sum(each.reason is not None for each in found))
    assert abs(told.ordered - told.expected) < 0.04 * told.companies  # no call did anything


def test_nothing_is_expected_without_a_held_out_company() -> None:
    assert by_code([result(1, reason=SilenceReason.PRICE, chance=Decimal("0.5"))], lambda each: each.reason) == []


def test_a_talk_that_another_entry_corrects_is_none() -> None:
    wrong = entry("ent_1", "reached")
    assert talks([entry("ent_2", "not_reached", corrects="ent_1"), wrong]) == []
    right = entry("ent_3", "reached", corrects="ent_1")
    assert talks([right, wrong, entry("ent_4", "skipped")]) == [right]


def entry(entry_id: str, outcome: Result, corrects: str | None = None) -> Entry:
    return Entry(
        entry_id=entry_id,
        case_id="cas_1",
        company_id="cmp_1",
        by="mbr_ivan",
        at="2026-11-20T09:00:00.000Z",
        day=FIRST,
        kind=CallKind.WIN_BACK,
        result=outcome,
        corrects=corrects,
    )


# --- margin of offers -------------------------------------------------------------------------------------------------

OFFER = Ruling("offer", "offered", facts={"offer": "off_1"})
BASE = Ruling("base_price", "base")
amounts = st.decimals(Decimal("0.01"), 100_000, places=2)


@st.composite
def order_lines(draw: st.DrawFn, costs: st.SearchStrategy[Decimal | None]) -> OrderLine:
    base, price, quantity = draw(amounts), draw(amounts), draw(st.integers(1, 1000))
    chosen = draw(st.sampled_from([OFFER, BASE]))
    line = OrderLine("A", "A", "A", "pcs", quantity, base, price, Decimal(20), chosen, (), cost_price=draw(costs))
    return line._replace(accepted=draw(st.none() | st.integers(0, quantity)))


@given(st.lists(order_lines(st.none() | amounts)), st.lists(order_lines(st.none() | amounts)))
def test_sums_of_offers_add_up_line_by_line(some: list[OrderLine], others: list[OrderLine]) -> None:
    parts = [offer_sums(some), offer_sums(others)]
    assert offer_sums([*some, *others]) == OfferSums(*(one + other for one, other in zip(*parts, strict=True)))
    results = [
        result(number, offers_sum=each.total, offers_off=each.off, offers_costed=each.costed, offers_margin=each.margin)
        for number, each in enumerate(parts)
    ]
    assert offer_sums_of(results) == offer_sums([*some, *others])


@given(st.lists(order_lines(st.none() | amounts)))
def test_only_offers_count_and_only_a_known_cost_makes_a_margin(several: list[OrderLine]) -> None:
    found = offer_sums(several)
    assert 0 <= found.costed <= found.total and found.margin <= found.costed
    assert offer_sums(line for line in several if line.chosen is OFFER) == found
    known = offer_sums(line for line in several if line.cost_price is not None)
    assert (known.costed, known.margin, known.total) == (found.costed, found.margin, found.costed)


@given(st.lists(order_lines(st.none() | amounts), min_size=1))
def test_goods_that_are_sold_at_their_cost_have_no_margin(several: list[OrderLine]) -> None:
    found = offer_sums(line._replace(cost_price=line.unit_price) for line in several)
    assert (found.costed, found.margin) == (found.total, 0)


@given(order_lines(amounts), amounts)
def test_each_unit_that_costs_more_takes_as_much_off_the_margin(line: OrderLine, more: Decimal) -> None:
    assert line.cost_price is not None
    offered = line._replace(chosen=OFFER)
    dearer = offered._replace(cost_price=line.cost_price + more)
    assert offer_sums([offered]).margin - offer_sums([dearer]).margin == more * line.agreed


@given(st.lists(order_lines(st.none() | amounts)))
def test_the_margin_of_all_orders_is_that_of_offers_where_all_are_offered(several: list[OrderLine]) -> None:
    offered = offer_sums(line._replace(chosen=OFFER) for line in several)
    has_costs = any(line.cost_price is not None for line in several)
    assert margin_of(several) == (offered.margin if has_costs else None)


@given(st.lists(st.none() | st.integers(-500, 500), min_size=4, max_size=12))
def test_margins_of_the_arms_are_compared_where_any_cost_is_known(margins: list[int | None]) -> None:
    results = [
        result(number, arm="called" if number % 2 else "held", margin=None if each is None else Decimal(each))
        for number, each in enumerate(margins)
    ]
    found = margin_effect(units(results), Look(1, 1, FIRST), Random(1))
    if found is None:
        assert not any(margins)
    else:
        called, held = (fmean(each or 0 for each in margins[first::2]) for first in (1, 0))
        assert found.effect.difference == pytest.approx(called - held)


def test_the_margin_is_told_in_words_or_that_it_is_not_known() -> None:
    sums = OfferSums(Decimal(800), Decimal(200), Decimal(300), Decimal(-20))
    assert margin_in_words(sums, "RUB", "en").replace("\xa0", " ") == (
        "The margin of what was ordered at the prices of offers: -20.00 RUB. The cost is known for 37.5% of that sum."
    )
    assert "-20,00 ₽. Себестоимость известна для 37,5 %" in margin_in_words(sums, "RUB", "ru").replace("\xa0", " ")
    unknown = sums._replace(costed=Decimal(0), margin=Decimal(0))
    assert "is not known" in margin_in_words(unknown, "RUB", "en")
    assert "неизвестна" in margin_in_words(unknown, "RUB", "ru")
    assert margin_in_words(OfferSums(*[Decimal(0)] * 4), "RUB", "en") == ""
