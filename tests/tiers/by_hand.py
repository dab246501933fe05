"""The tier's rule counted day by day, as its definition reads, and facts to try it on: for the tests of everything that is faster."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from chalicelib.sales.rules import DayTotals
from chalicelib.tiers.ladders.rules import (
    BEGINNING,
    NO_STEP,
    Ladder,
    LadderStep,
    LadderSteps,
    PersonalStep,
    ladder_on,
    steps_for,
)
from chalicelib.tiers.standing.rules import ManualTier, months_after, rank, year_before

FRIDAY = date(2026, 11, 20)
KOPECK = Decimal("0.01")


def day(offset: int) -> date:
    return FRIDAY + timedelta(days=offset)


BRONZE = LadderStep("bronze", Decimal(50_000), Decimal(3), "Bronze", "Бронза")
SILVER = LadderStep("silver", Decimal(150_000), Decimal(5), "Silver", "Серебро")
GOLD = LadderStep("gold", Decimal(400_000), Decimal(7), "Gold", "Золото")
LADDER = Ladder("ldr_1", "2026-1", "RUB", BEGINNING, 90, 30, (14, 3), (BRONZE, SILVER, GOLD))


def totals(days: Mapping[int, int | str], returned: Mapping[tuple[int, int], int | str] | None = None) -> DayTotals:
    """By offset from the Friday. What was given back is not yet in the days: here it is taken off."""
    net = {day(offset): Decimal(amount) for offset, amount in days.items()}
    later = {(day(counted), day(effect)): Decimal(amount) for (counted, effect), amount in (returned or {}).items()}
    for (counted, _), amount in later.items():
        net[counted] = net.get(counted, Decimal(0)) + amount
    return DayTotals(net, later)


def plus(bought: DayTotals, on: date, amount: Decimal) -> DayTotals:
    return bought._replace(net={**bought.net, on: bought.net.get(on, Decimal(0)) + amount})


def grant(tier: str, first: int, last: int, withdrawn: int | None = None) -> ManualTier:
    withdrawn_on = None if withdrawn is None else day(withdrawn)
    return ManualTier(f"grt_{tier}", tier, day(first), day(last), "", "mbr_1", "2026-01-01T00:00:00.000Z", withdrawn_on)


# --- the definition ---------------------------------------------------------------------------------------------------


def sum_on(bought: DayTotals, first: date, last: date, as_of: date) -> Decimal:
    """Net purchases of these days, without what came back after `as_of` and more than 14 days after its sale."""
    net = sum((amount for each, amount in bought.net.items() if first <= each <= last), Decimal(0))
    back = (
        amount
        for (each, effect), amount in bought.returned.items()
        if first <= each <= last and effect > max(each + timedelta(days=14), as_of)
    )
    return net - sum(back, Decimal(0))


def window_sum(bought: DayTotals, ladder: Ladder, on: date) -> Decimal:
    return sum_on(bought, on - timedelta(ladder.window_days - 1), on, on)


def steps_on(bought: DayTotals, ladder: Ladder, first_purchase: date | None, on: date) -> LadderSteps:
    last_year = None
    if ladder.personal and first_purchase and months_after(first_purchase, ladder.personal.months) <= on:
        end = year_before(on)
        last_year = sum_on(bought, end - timedelta(ladder.window_days - 1), end, on)
    return steps_for(ladder, on, last_year)


def step_on(bought: DayTotals, ladders: Sequence[Ladder], first_purchase: date | None, on: date) -> LadderStep:
    """The sum of the day's window."""
    ladder = ladder_on(ladders, on)
    reached = window_sum(bought, ladder, on)
    steps = steps_on(bought, ladder, first_purchase, on)
    return max((step for step in steps if step.from_sum <= reached), key=rank, default=NO_STEP)


def tier_on(
    bought: DayTotals, ladders: Sequence[Ladder], grants: Sequence[ManualTier], first_purchase: date | None, on: date
) -> LadderStep:
    """The tier in force."""
    ladder = ladder_on(ladders, on)
    given = [step_on(bought, ladders, first_purchase, on - timedelta(back)) for back in range(ladder.hold_days + 1)] + [
        step for each in grants if each.holds_on(on) and (step := ladder.step(each.tier, on))
    ]
    return max(given, key=rank)


# --- facts ------------------------------------------------------------------------------------------------------------

kopecks = st.integers(-50_000_00, 200_000_00).map(lambda number: Decimal(number).scaleb(-2))


@st.composite
def steps(draw: st.DrawFn) -> LadderSteps:
    sums = draw(st.lists(st.integers(1, 400_000_00), min_size=3, max_size=5, unique=True))
    return tuple(
        LadderStep(f"step{number}", Decimal(sum_).scaleb(-2), Decimal(number + 1))
        for number, sum_ in enumerate(sorted(sums))
    )


@st.composite
def ladders(draw: st.DrawFn, personal: bool = True) -> tuple[Ladder, ...]:
    """One to three, the first one from the beginning; short, so that much happens."""
    found = []
    for number, begin in enumerate([BEGINNING, *sorted(draw(st.lists(st.integers(-12, 20), max_size=2, unique=True)))]):
        of_season = draw(steps())
        seasonal = draw(st.booleans())
        personally = personal and draw(st.booleans())
        found.append(
            Ladder(
                ladder_id=f"ldr_{number}",
                version=str(number),
                currency="RUB",
                valid_from=begin if isinstance(begin, date) else day(begin),
                window_days=draw(st.sampled_from([1, 2, 7, 12])),
                hold_days=draw(st.sampled_from([0, 1, 5, 9])),
                warning_days=(4, 2),
                steps=of_season,
                off_season_steps=draw(steps()) if seasonal else None,
                season=draw(st.sampled_from([((11, 23), (12, 2)), ((12, 1), (11, 18))])) if seasonal else None,
                personal=(
                    PersonalStep(KOPECK, tuple(draw(st.lists(coefficients, min_size=12, max_size=12))), 12)
                    if personally
                    else None
                ),
            )
        )
    return tuple(found)


coefficients = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("1.37")])
offsets = st.integers(-35, 25) | st.integers(-390, -340)


@st.composite
def bought(draw: st.DrawFn) -> DayTotals:
    days = draw(st.dictionaries(offsets, kopecks, max_size=14))
    returned = draw(
        st.dictionaries(
            st.tuples(offsets, st.integers(0, 15)).map(lambda pair: (pair[0], pair[0] + pair[1])),
            kopecks.map(lambda amount: -abs(amount)),
            max_size=4,
        )
    )
    return totals(days, returned)


grants = st.lists(
    st.tuples(
        st.sampled_from(["step0", "step2", "step4", "none of them"]),
        st.integers(-10, 20),
        st.integers(0, 12),
        st.none() | st.integers(0, 6),
    ).map(
        lambda given: grant(given[0], given[1], given[1] + given[2], None if given[3] is None else given[1] + given[3])
    ),
    max_size=2,
)
first_purchases = st.none() | st.sampled_from([day(-400), day(-365), day(-360)])
