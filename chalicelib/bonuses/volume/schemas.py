from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from chalicelib.bonuses.volume.rules import Close, Every, Mode, Pays, Programme, next_bracket
from chalicelib.bonuses.volume.store import ClosedPeriod
from chalicelib.platform import Money, Percent, View


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
    above = next_bracket(coming.volume, programme.brackets_of(coming.period))
    missing = above.from_sum - (coming.purchases + coming.adjustments + coming.carried) if above else Decimal(0)
    return OpenPeriodView.from_record(
        coming,
        programme.currency,
        state="open",
        programme=_programme(programme.code, programme, language),
        first=coming.period.first,
        last=coming.period.last,
        season=programme.is_season(coming.period),
        closes_on=programme.closes_on(coming.period),
        next_bracket=(
            NextBracketView.from_record(
                above, programme.currency, missing=Money(amount=missing, currency=programme.currency)
            )
            if above
            else None
        ),
    )


def closed_period(period: ClosedPeriod, language: str) -> ClosedPeriodView:
    return ClosedPeriodView.from_record(period, programme=_programme(period.programme, period, language))


def _programme(code: str, source: Programme | ClosedPeriod, language: str) -> VolumeProgrammeView:
    return VolumeProgrammeView(
        code=code,
        name=source.name_ru if language == "ru" else source.name,
        every=source.every,
        mode=source.mode,
        pays=source.pays,
    )
