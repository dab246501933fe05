"""The items of the ladders.

LADDER  (K40)  a ladder as staff see it: its figures, who drew it up and who activated it; listed under K43, newest first
FROM    (K40)  a ladder in force from a day, whole; one a day and currency. New, it is the event `tier_ladder.activated`
"""

from collections.abc import Sequence

from chalicelib.platform import club
from chalicelib.platform.work import Work
from chalicelib.table import keys
from chalicelib.tiers.ladders import BEGINNING, Ladder, MonthDay, PersonalStep, Step, Steps


def ladders_of(work: Work, currency: str) -> tuple[Ladder, ...]:
    """The activated ladders of a currency by the day from which they are in force, scheduled ones included.

    The first one is the founding ladder of the club's figures, until it is recorded as a fact; without steps if they name none. One
    consistent query, once per work.
    """
    memo = f"ladders {currency}"
    if memo not in work.memo:
        every = keys.ladder_from(currency)
        stored = tuple(
            Ladder.from_fact(item["ladder"])
            for item in work.table.query_all(every.pk, starts=every.sk, consistent=True)
        )
        founded = stored and stored[0].valid_from == BEGINNING
        work.memo[memo] = stored if founded else (founding_ladder(work.club, currency), *stored)
    ladders: tuple[Ladder, ...] = work.memo[memo]
    return ladders


def founding_ladder(figures: club.Club, currency: str) -> Ladder:
    """What the club's figures say, in force from the beginning; without steps for a currency of which they say nothing."""
    tiers = figures.tiers
    off_season, personal = tiers.off_season.get(currency), tiers.personal.get(currency)
    return Ladder(
        ladder_id=f"ldr_founding_{currency.lower()}",
        version=tiers.version,
        currency=currency,
        valid_from=BEGINNING,
        window_days=tiers.window_days,
        hold_days=tiers.hold_days,
        warning_days=tuple(tiers.warning_days),
        steps=_steps(tiers.ladders.get(currency, [])),
        off_season_steps=_steps(off_season) if off_season else None,
        season=(_month_day(tiers.season.first), _month_day(tiers.season.last)) if tiers.season and off_season else None,
        personal=(
            PersonalStep(personal.floor, tuple(personal.coefficients), personal.months)
            if personal is not None
            else None
        ),
    )


def _steps(given: Sequence[club.Step]) -> Steps:
    return tuple(Step(each.tier, each.from_sum, each.discount_percent, each.name, each.name_ru) for each in given)


def _month_day(text: str) -> MonthDay:
    month, day = text.split("-")
    return int(month), int(day)
