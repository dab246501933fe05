"""The bonus of a period's purchases: nothing is lost or counted twice between two closes."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bonuses.volume import rules as volume_rules
from chalicelib.bonuses.volume.config import VolumeBonuses, VolumeProgramme
from chalicelib.bonuses.volume.rules import Bracket, Course, Period, Programme, programmes_of
from chalicelib.platform.config import config

ZERO = Decimal(0)
SINCE = date(2026, 1, 1)
BRACKETS = (Bracket(Decimal(100), Decimal(1)), Bracket(Decimal(200), Decimal(2)), Bracket(Decimal(500), Decimal(5)))


def programme(**changed: Any) -> Programme:
    plain = Programme(
        code="quarter",
        name="Quarter bonus",
        name_ru="Квартальный бонус",
        currency="RUB",
        every="quarter",
        since=SINCE,
        mode="whole",
        grace_days=10,
        pays="goods_next_period",
        choose_days=90,
        notice_days=14,
        brackets=BRACKETS,
        off_season=BRACKETS,
        season_months=frozenset(range(1, 13)),
    )
    return replace(plain, **changed)


# --- the calendar -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "day", "first", "last"),
    [
        ("month", date(2026, 2, 14), date(2026, 2, 1), date(2026, 2, 28)),
        ("month", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        ("quarter", date(2026, 11, 20), date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 11, 20), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_one_of_the_calendar(every: Any, day: date, first: date, last: date):
    period = Period.of(every, day)
    assert (period.first, period.last) == (first, last)


@given(st.sampled_from(["month", "quarter", "year"]), st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_periods_follow_each_other_without_a_gap(every: Any, day: date):
    period = Period.of(every, day)
    assert period.first <= day <= period.last
    assert period.next.first == period.last + timedelta(days=1)
    assert period.next.before == period


def test_a_period_is_closed_on_the_day_after_its_grace():
    assert Period.of("quarter", date(2026, 3, 31)).closes_on(10) == date(2026, 4, 11)
    assert Period.of("quarter", date(2026, 3, 31)).closes_on(0) == date(2026, 4, 1)


# --- brackets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "whole", "stepped"),
    [
        ("99.99", "0", "0"),
        ("100", "1", "0"),
        ("199.99", "2.00", "1.00"),
        ("200", "4", "1"),
        ("499.50", "9.99", "6.99"),
        ("500", "25", "7"),
        ("1000", "50", "32"),
    ],
)
def test_whole_pays_all_at_the_bracket_reached_and_stepped_each_part_at_its_own(volume: str, whole: str, stepped: str):
    assert volume_rules.bonus(Decimal(volume), BRACKETS, "whole") == Decimal(whole)
    assert volume_rules.bonus(Decimal(volume), BRACKETS, "stepped") == Decimal(stepped)


amounts = st.integers(0, 10**9).map(lambda hundredths: Decimal(hundredths) / 100)


@st.composite
def rising(draw: st.DrawFn) -> tuple[Bracket, ...]:
    sums = sorted(draw(st.sets(st.integers(1, 10**7), min_size=1, max_size=5)))
    percents = sorted(draw(st.sets(st.integers(0, 200), min_size=len(sums), max_size=len(sums))))
    return tuple(
        Bracket(Decimal(from_sum), Decimal(tenths) / 10) for from_sum, tenths in zip(sums, percents, strict=True)
    )


@given(rising(), amounts, amounts, st.sampled_from(["whole", "stepped"]))
def test_more_volume_never_earns_less(brackets: tuple[Bracket, ...], one: Decimal, other: Decimal, mode: Any):
    less, more = sorted([one, other])
    assert volume_rules.bonus(less, brackets, mode) <= volume_rules.bonus(more, brackets, mode)


@given(rising(), amounts)
def test_stepped_never_earns_more_than_whole_where_percents_rise(brackets: tuple[Bracket, ...], volume: Decimal):
    assert volume_rules.bonus(volume, brackets, "stepped") <= volume_rules.bonus(volume, brackets, "whole")


@given(rising(), amounts)
def test_the_next_bracket_is_the_first_that_is_not_reached(brackets: tuple[Bracket, ...], volume: Decimal):
    reached, above = volume_rules.bracket_reached(volume, brackets), volume_rules.next_bracket(volume, brackets)
    assert [each for each in (reached, above) if each] == [each for each in brackets if each in (reached, above)]
    assert reached is None or reached.from_sum <= volume
    assert above is None or volume < above.from_sum
    assert reached is not None or above is not None


def test_the_month_in_which_a_period_begins_says_whether_it_is_season():
    off = (Bracket(Decimal(50), Decimal(1)),)
    autumn = programme(season_months=frozenset({7, 8, 9, 10, 11, 12}), off_season=off)
    assert autumn.brackets_of(Period.of("quarter", date(2026, 7, 1))) == BRACKETS
    assert autumn.brackets_of(Period.of("quarter", date(2026, 6, 30))) == off


# --- closing ----------------------------------------------------------------------------------------------------------


def test_a_close_counts_what_is_dated_in_the_period_and_pays_by_the_bracket():
    net = {date(2025, 12, 31): Decimal(9999), date(2026, 1, 1): Decimal(150), date(2026, 3, 31): Decimal(50)}
    made = volume_rules.close(programme(), Course(), Period.of("quarter", SINCE), net)
    assert (made.purchases, made.adjustments, made.volume) == (200, 0, 200)
    assert (made.bracket, made.credit) == (BRACKETS[1], 4)
    assert made.course.closed_through == date(2026, 3, 31)


def test_a_late_document_is_an_adjustment_of_the_next_close():
    first, second = Period.of("quarter", SINCE), Period.of("quarter", date(2026, 4, 1))
    net = {date(2026, 2, 1): Decimal(150)}
    course = volume_rules.close(programme(), Course(), first, net).course
    net |= {date(2026, 3, 30): Decimal(70), date(2026, 5, 1): Decimal(40)}
    made = volume_rules.close(programme(), course, second, net)
    assert (made.purchases, made.adjustments, made.volume, made.credit) == (40, 70, 110, Decimal("1.10"))


def test_what_returns_outweigh_is_carried_until_purchases_outweigh_it():
    first = Period.of("quarter", SINCE)
    net = {date(2026, 2, 1): Decimal(150)}
    course = volume_rules.close(programme(), Course(), first, net).course
    net[date(2026, 2, 1)] = Decimal(-30)
    made = volume_rules.close(programme(), course, first.next, net)
    assert (made.adjustments, made.volume, made.credit, made.course.carried) == (-180, 0, 0, -180)
    net[date(2026, 8, 1)] = Decimal(300)
    made = volume_rules.close(programme(), made.course, first.next.next, net)
    assert (made.purchases, made.carried, made.volume, made.course.carried) == (300, -180, 120, 0)


def test_a_closed_period_is_not_closed_again():
    first = Period.of("quarter", SINCE)
    course = volume_rules.close(programme(), Course(), first, {}).course
    with pytest.raises(ValueError, match="closed through 2026-03-31"):
        volume_rules.close(programme(), course, first, {})


documents = st.lists(
    st.tuples(
        st.dates(date(2025, 11, 1), date(2027, 6, 30)),
        st.integers(-20_000, 50_000).map(lambda hundredths: Decimal(hundredths) / 100),
        st.integers(-40, 300),
    ),
    max_size=25,
)


@given(documents, st.sampled_from(["month", "quarter", "year"]), st.integers(0, 40))
def test_nothing_is_lost_and_nothing_counts_twice_however_late_documents_come(
    dated: list[tuple[date, Decimal, int]], every: Any, grace_days: int
):
    """Documents are (day, amount, days until recorded). What is due is closed in the morning, before the day's documents come."""
    own = programme(every=every, grace_days=grace_days)
    arrivals: dict[date, list[tuple[date, Decimal]]] = defaultdict(list)
    for day, amount, delay in dated:
        arrivals[day + timedelta(days=delay)].append((day, amount))
    net: dict[date, Decimal] = defaultdict(Decimal)
    course = Course()
    moved = credited = ZERO
    for today in [*sorted(arrivals), date(2100, 1, 1)]:
        while (due := volume_rules.due(own, course)) and due <= today:
            assert course.opened is not None
            made = volume_rules.close(own, course, Period(course.opened, own.every), net)
            assert made.volume == max(ZERO, made.purchases + made.adjustments + made.carried)
            moved += made.purchases + made.adjustments
            credited += made.volume
            course = made.course
        for day, amount in arrivals.get(today, ()):
            net[day] += amount
            course = volume_rules.note(own, course, [day])
    total = sum((amount for day, amount in net.items() if day >= SINCE), ZERO)
    assert course.opened is None, "everything is closed in the end"
    assert moved == total == course.counted
    assert credited + course.carried == total


def test_a_purchase_opens_its_period_and_one_of_a_closed_period_the_first_that_is_not():
    opened = volume_rules.note(programme(), Course(), [date(2026, 8, 5)])
    assert (opened.opened, opened.bought) == (date(2026, 7, 1), True)
    assert volume_rules.note(programme(), opened, [date(2026, 2, 5)]).opened == date(2026, 1, 1)
    closed = Course(closed_through=date(2026, 3, 31))
    assert volume_rules.note(programme(), closed, [date(2026, 2, 5)]).opened == date(2026, 4, 1)
    assert volume_rules.note(programme(), closed, [date(2025, 12, 31)]) == closed, "from before the programme"


def test_what_is_to_come_is_shown_up_to_the_present_period():
    net = {date(2026, 2, 1): Decimal(150), date(2026, 5, 1): Decimal(220)}
    course = volume_rules.note(programme(), Course(), net)
    shown = list(volume_rules.upcoming(programme(), course, date(2026, 4, 5), net))
    assert [(each.period.first.month, each.volume, each.credit) for each in shown] == [
        (1, 150, Decimal("1.5")),
        (4, 220, Decimal("4.4")),
    ]
    empty = list(volume_rules.upcoming(programme(), Course(), date(2026, 4, 5), {}))
    assert [(each.period.first.month, each.volume) for each in empty] == [(4, 0)]


# --- paying -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 10**10).map(lambda hundredths: Decimal(hundredths) / 100))
def test_twelve_parts_are_the_credit_and_equal_but_for_the_last(credit: Decimal):
    parts = volume_rules.monthly_parts(credit)
    assert sum(parts) == credit
    assert len(set(parts[:-1])) == 1
    assert ZERO <= parts[-1] - parts[0] < Decimal("0.12")


def test_goods_are_there_from_the_next_period_on_and_never_before_the_close():
    first = Period.of("quarter", SINCE)
    (paid,) = volume_rules.payouts(programme(), first, Decimal(40), date(2026, 4, 11))
    assert (paid.kind, paid.amount, paid.available_from) == ("goods", 40, date(2026, 4, 11))
    assert paid.expires_on == date(2026, 7, 9)
    (late,) = volume_rules.payouts(programme(grace_days=0), first, Decimal(40), date(2026, 9, 1))
    assert late.available_from == date(2026, 9, 1)


def test_a_year_is_paid_month_by_month_over_the_next_year():
    year = programme(every="year", pays="goods_monthly_next_year")
    paid = volume_rules.payouts(year, Period.of("year", SINCE), Decimal(100), date(2027, 1, 21))
    assert [part.amount for part in paid] == [*[Decimal("8.33")] * 11, Decimal("8.37")]
    assert [part.available_from for part in paid][:3] == [date(2027, 1, 21), date(2027, 2, 1), date(2027, 3, 1)]
    few = volume_rules.payouts(year, Period.of("year", SINCE), Decimal("0.05"), date(2027, 1, 21))
    assert [(part.number, part.amount) for part in few] == [(12, Decimal("0.05"))]


def test_a_gift_does_not_expire_and_nothing_pays_nothing():
    (gift,) = volume_rules.payouts(programme(pays="gift"), Period.of("quarter", SINCE), Decimal(40), date(2026, 4, 11))
    assert (gift.kind, gift.amount, gift.expires_on) == ("gift", 40, None)
    assert volume_rules.payouts(programme(), Period.of("quarter", SINCE), ZERO, date(2026, 4, 11)) == []


# --- configuration ----------------------------------------------------------------------------------------------------


def test_the_clubs_own_programmes_are_one_by_quarter_and_one_by_year():
    own = programmes_of(config()[VolumeBonuses].periods, "RUB")
    assert [(each.every, each.mode, each.pays) for each in own.values()] == [
        ("quarter", "whole", "goods_next_period"),
        ("year", "stepped", "goods_monthly_next_year"),
    ]
    assert own["quarter"].brackets != own["quarter"].off_season
    assert programmes_of(config()[VolumeBonuses].periods, "XXX") == {}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"since": "2026-02-01"}, "not the first day of a quarter"),
        ({"brackets": {"RUB": [{"from": 2, "percent": 1}, {"from": 1, "percent": 2}]}}, "brackets must rise"),
        ({"brackets": {"RUB": [{"from": 1, "percent": 2}, {"from": 2, "percent": 2}]}}, "brackets must rise"),
        ({"season_months": [7]}, "need each other"),
        ({"off_season_brackets": {"GBP": [{"from": 1, "percent": 1}]}, "season_months": [7]}, "currency without"),
        ({"mode": "best"}, "mode"),
    ],
)
def test_a_programme_with_a_mistake_is_refused_by_name(changed: dict[str, Any], named: str):
    right = {
        "code": "quarter",
        "name": "Quarter bonus",
        "name_ru": "Квартальный бонус",
        "every": "quarter",
        "since": "2026-01-01",
        "mode": "whole",
        "grace_days": 10,
        "pays": "goods_next_period",
        "brackets": {"RUB": [{"from": 1, "percent": 1}]},
    }
    VolumeProgramme.model_validate(right)
    with pytest.raises(ValueError, match=named):
        VolumeProgramme.model_validate(right | changed)
