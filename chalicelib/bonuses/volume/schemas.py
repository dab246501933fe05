from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field

from chalicelib.bonuses.volume.rules import Bracket, Close, Every, Mode, Pays, Programme, next_bracket
from chalicelib.bonuses.volume.store import ClosedPeriod
from chalicelib.platform.fields import Percent
from chalicelib.platform.http.forms import View
from chalicelib.platform.money import Money


class VolumeProgrammeView(View):
    """A volume programme."""

    code: str
    name: str = Field(description="In the reader's language.")
    every: Every
    mode: Mode = Field(
        description="whole: the whole volume at the percent of the highest bracket reached; stepped: each part of the volume at the "
        "percent of its own bracket."
    )
    pays: Pays


class VolumeBracketView(View):
    """The percent that is paid from a volume on."""

    from_sum: Money
    percent: Percent

    @classmethod
    def of(cls, bracket: Bracket, currency: str) -> Self:
        return cls(from_sum=Money(amount=bracket.from_sum, currency=currency), percent=bracket.percent)


class NextBracketView(VolumeBracketView):
    """The next bracket, and the volume missing to it."""

    missing: Money


class PeriodView(View):
    """The volume and the bonus of a period. volume = max(0, purchases + adjustments + carried)."""

    programme: VolumeProgrammeView
    first: date
    last: date
    season: bool = Field(description="Whether the season's brackets apply: by the first month of the period.")
    purchases: Money = Field(description="Net purchases dated in the period.")
    adjustments: Money = Field(description="Late and corrected documents of periods that were already closed.")
    carried: Money = Field(
        description="Returns in excess of purchases, carried over from the previous close; never positive."
    )
    volume: Money
    bracket: VolumeBracketView | None = Field(description="The highest bracket reached; null below the first.")
    credit: Money = Field(description="The bonus; for an open period, as if nothing more were bought.")


class OpenPeriodView(PeriodView):
    """A period that is not closed."""

    state: Literal["open"] = "open"
    closes_on: date = Field(description="Documents recorded before this day count in the period.")
    next_bracket: NextBracketView | None = Field(description="Null in the highest bracket.")


class ClosedPeriodView(PeriodView):
    """A closed period; settled once none of its credit is owed."""

    state: Literal["closed", "settled"]
    closed_on: date
    owed: Money


class PeriodPage(View):
    """`open` comes with every page."""

    open: list[OpenPeriodView] = Field(
        description="The current period of each programme, and earlier ones that are not closed yet."
    )
    items: list[ClosedPeriodView] = Field(description="Closed periods, latest first.")
    next_cursor: str | None


def open_period(programme: Programme, coming: Close, language: str) -> OpenPeriodView:
    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=programme.currency)

    above = next_bracket(coming.volume, programme.brackets_of(coming.period))
    missing = above.from_sum - (coming.purchases + coming.adjustments + coming.carried) if above else Decimal(0)
    return OpenPeriodView(
        programme=_programme(programme.code, programme, language),
        first=coming.period.first,
        last=coming.period.last,
        season=programme.is_season(coming.period),
        closes_on=programme.closes_on(coming.period),
        purchases=money(coming.purchases),
        adjustments=money(coming.adjustments),
        carried=money(coming.carried),
        volume=money(coming.volume),
        bracket=VolumeBracketView.of(coming.bracket, programme.currency) if coming.bracket else None,
        credit=money(coming.credit),
        next_bracket=(
            NextBracketView(**dict(VolumeBracketView.of(above, programme.currency)), missing=money(missing))
            if above
            else None
        ),
    )


def closed_period(period: ClosedPeriod, language: str) -> ClosedPeriodView:
    names = ("purchases", "adjustments", "carried", "volume", "credit", "owed")
    facts = asdict(period)
    facts |= {name: Money(amount=facts[name], currency=period.currency) for name in names}
    facts["programme"] = _programme(period.programme, period, language)
    facts["bracket"] = VolumeBracketView.of(period.bracket, period.currency) if period.bracket else None
    return ClosedPeriodView(**facts, state=period.state)


def _programme(code: str, source: Programme | ClosedPeriod, language: str) -> VolumeProgrammeView:
    return VolumeProgrammeView(
        code=code,
        name=source.name_ru if language == "ru" else source.name,
        every=source.every,
        mode=source.mode,
        pays=source.pays,
    )
