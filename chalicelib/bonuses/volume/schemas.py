from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field

from chalicelib.bonuses.volume.rules import Bracket, Close, Every, Mode, Pays, Programme, next_bracket
from chalicelib.bonuses.volume.store import ClosedPeriod
from chalicelib.platform.fields import Percent
from chalicelib.platform.http.forms import Shown
from chalicelib.platform.money import Money

# --- periods ----------------------------------------------------------------------------------------------------------


class ProgrammeAnswer(Shown):
    """A volume programme."""

    code: str
    name: str = Field(description="In the reader's language.")
    every: Every
    mode: Mode = Field(
        description="whole: all of the volume at the percent of the highest bracket reached; stepped: each part of the volume at the "
        "percent of the bracket in which it lies."
    )
    pays: Pays


class BracketAnswer(Shown):
    """From this volume on, so many percent."""

    from_sum: Money
    percent: Percent

    @classmethod
    def of(cls, bracket: Bracket, currency: str) -> Self:
        return cls(from_sum=Money(amount=bracket.from_sum, currency=currency), percent=bracket.percent)


class NextBracket(BracketAnswer):
    """The bracket above, and what is missing to it."""

    missing: Money


class PeriodFigures(Shown):
    """A period with what counts in it. volume = purchases + adjustments + carried, nought where that is negative."""

    programme: ProgrammeAnswer
    first: date
    last: date
    season: bool = Field(description="Whether the season's brackets hold: by the month in which the period begins.")
    purchases: Money = Field(description="Net purchases dated in the period.")
    adjustments: Money = Field(
        description="What periods that are closed already gained or lost since, by documents that came late or were corrected."
    )
    carried: Money = Field(description="What returns left over from the close before; never positive.")
    volume: Money
    bracket: BracketAnswer | None = Field(description="The highest one reached; null below the first.")
    credit: Money = Field(description="The bonus: of an open period, if nothing more were bought.")


class OpenPeriod(PeriodFigures):
    """A period that is not closed."""

    state: Literal["open"] = "open"
    closes_on: date = Field(description="What is recorded before this day counts in the period.")
    next_bracket: NextBracket | None = Field(description="Null on the highest one.")


class ClosedPeriodAnswer(PeriodFigures):
    """A closed period; settled when nothing of its credit is owed any more."""

    state: Literal["closed", "settled"]
    closed_on: date
    owed: Money


class PeriodPage(Shown):
    """`open` comes with every page."""

    open: list[OpenPeriod] = Field(
        description="The present period of each programme, and those before it that are not closed yet."
    )
    items: list[ClosedPeriodAnswer] = Field(description="Closed periods, latest first.")
    next_cursor: str | None


def open_period(programme: Programme, coming: Close, language: str) -> OpenPeriod:
    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=programme.currency)

    above = next_bracket(coming.volume, programme.brackets_of(coming.period))
    missing = above.from_sum - (coming.purchases + coming.adjustments + coming.carried) if above else Decimal(0)
    return OpenPeriod(
        programme=_programme(programme, language),
        first=coming.period.first,
        last=coming.period.last,
        season=programme.is_season(coming.period),
        closes_on=programme.closes_on(coming.period),
        purchases=money(coming.purchases),
        adjustments=money(coming.adjustments),
        carried=money(coming.carried),
        volume=money(coming.volume),
        bracket=BracketAnswer.of(coming.bracket, programme.currency) if coming.bracket else None,
        credit=money(coming.credit),
        next_bracket=(
            NextBracket(**dict(BracketAnswer.of(above, programme.currency)), missing=money(missing)) if above else None
        ),
    )


def closed_period(period: ClosedPeriod, language: str) -> ClosedPeriodAnswer:
    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=period.currency)

    return ClosedPeriodAnswer(
        programme=ProgrammeAnswer(
            code=period.programme,
            name=period.name_ru if language == "ru" else period.name,
            every=period.every,
            mode=period.mode,
            pays=period.pays,
        ),
        state=period.state,
        first=period.first,
        last=period.last,
        season=period.season,
        closed_on=period.closed_on,
        purchases=money(period.purchases),
        adjustments=money(period.adjustments),
        carried=money(period.carried),
        volume=money(period.volume),
        bracket=BracketAnswer.of(period.bracket, period.currency) if period.bracket else None,
        credit=money(period.credit),
        owed=money(period.owed),
    )


def _programme(programme: Programme, language: str) -> ProgrammeAnswer:
    return ProgrammeAnswer(
        code=programme.code,
        name=programme.name_ru if language == "ru" else programme.name,
        every=programme.every,
        mode=programme.mode,
        pays=programme.pays,
    )
