"""A company's purchases of a period, row by row, against the same period of the year before. Pure.

The rows of a period add up to its total to the kopeck, and so do those of the year before. A running month is compared with the same days of
the year before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from chalicelib.analytics.rollups.model import AnnouncedTier, Bonuses, History
from chalicelib.analytics.rollups.rules import (
    REST,
    ZERO,
    Row,
    Totals,
    distinct_orders,
    last_day,
    month_of,
    months_between,
    plus,
)
from chalicelib.platform import quarter_of, round_half_up

By = Literal["month", "quarter", "brand", "category", "product", "distributor", "shop", "person"]

YEAR = 12
REGULAR_OF = 6  # months before the last one of the period
REGULAR_IN = 3  # of these: an article is bought regularly
MOST_MISSING = 25


class Period(NamedTuple):
    """Months from `first` to `last`, each as its first day. `today`: the club's day, in the last month or after it."""

    first: date
    last: date
    today: date

    @property
    def months(self) -> list[date]:
        return list(months_between(self.first, self.last))

    @property
    def is_mature(self) -> bool:
        """Whether all its months are over."""
        return self.last < month_of(self.today)

    @property
    def last_whole(self) -> date:
        """Its last month that is over; the one before the running month, if it has that one alone."""
        return self.last if self.is_mature else plus(self.last, -1)

    @property
    def year_before(self) -> "Period":
        return self._replace(first=plus(self.first, -YEAR), last=plus(self.last, -YEAR))


class BonusMovement(NamedTuple):
    """Bonuses of some months: what was credited (net of what was taken back), redeemed and expired, and what can be spent at their end."""

    credited: Decimal
    redeemed: Decimal
    expired: Decimal
    available: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the answer. `first`, `last`: days that it covers. `saved`: by rule; only of months, like tier and bonuses."""

    name: str
    title: str
    first: date
    last: date
    net: Decimal
    units: Decimal
    documents: int
    year_before: Decimal
    sold: Decimal | None = None
    returned: Decimal | None = None
    returned_earlier: Decimal | None = None
    orders: int | None = None
    saved: Mapping[str, Decimal] = field(default_factory=dict)
    tier: AnnouncedTier | None = None
    bonuses: BonusMovement | None = None
    whole: bool = True  # nothing of the name is in `REST`


def share(part: Decimal, total: Decimal) -> Decimal | None:
    """The percentage of a total, one decimal; None of a total that is not positive."""
    return _tenths(100 * part / total) if total > 0 else None


def change(now: Decimal, before: Decimal) -> Decimal | None:
    """The percentage by which it grew, one decimal; None against nothing."""
    return _tenths(100 * (now - before) / before) if before > 0 else None


def _tenths(percent: Decimal) -> Decimal:
    return percent.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) + 0


# --- by time ----------------------------------------------------------------------------------------------------------


def by_time(history: History, currency: str, period: Period, by: Literal["month", "quarter"]) -> list[Line]:
    """A row for each month or quarter of the period, those without purchases as well, in their order."""
    sums = history.sums(currency)
    groups: dict[str, list[date]] = defaultdict(list)
    for month in period.months:
        groups[f"{month:%Y-%m}" if by == "month" else quarter_of(month)].append(month)
    return [_time_line(name, months, sums, history, currency, period.today) for name, months in groups.items()]


def _time_line(
    name: str, months: Sequence[date], sums: Mapping[date, Totals], history: History, currency: str, today: date
) -> Line:
    found = [sums.get(month, Totals()) for month in months]
    return Line(
        name=name,
        title="",
        first=months[0],
        last=last_day(months[-1]),
        net=sum((each.net for each in found), ZERO),
        units=sum((each.units for each in found), ZERO),
        documents=sum(each.documents for each in found),
        year_before=sum((_year_before(month, sums, today) for month in months), ZERO),
        sold=sum((each.sold for each in found), ZERO),
        returned=sum((each.returned for each in found), ZERO),
        returned_earlier=sum((each.returned_earlier for each in found), ZERO),
        orders=distinct_orders(found),
        saved=added(each.saved for each in found),
        tier=tier_on(history.tiers, min(last_day(months[-1]), today)),
        bonuses=_bonuses(history.bonuses, currency, months[0], last_day(months[-1])),
    )


def _year_before(month: date, sums: Mapping[date, Totals], today: date) -> Decimal:
    """Purchases of the month a year before; of a running month, up to the same day."""
    before = plus(month, -YEAR)
    found = sums.get(before, Totals())
    if month < month_of(today):
        return found.net
    return found.net_until(day_year_before(today))


def day_year_before(today: date) -> date:
    """The last day of the year before that a running month is compared with: for 29 February 28 February."""
    before = plus(month_of(today), -YEAR)
    return before.replace(day=min(today.day, last_day(before).day))


def tier_on(tiers: Iterable[AnnouncedTier], day: date) -> AnnouncedTier | None:
    """The tier announced last up to this day; None before the first announcement."""
    return max((each for each in tiers if each.day <= day), key=lambda each: (each.day, each.at), default=None)


def _bonuses(bonuses: Iterable[Bonuses], currency: str, first: date, last: date) -> BonusMovement | None:
    """The movement between the balances before and at the end; None before the first posting."""
    mine = sorted((each for each in bonuses if each.currency == currency), key=lambda each: each.month)
    after = next((each for each in reversed(mine) if each.month <= last), None)
    if after is None:
        return None
    before = next((each for each in reversed(mine) if each.month < first), None)
    issued, redeemed, expired = (before.issued, before.redeemed, before.expired) if before else (ZERO, ZERO, ZERO)
    return BonusMovement(after.issued - issued, after.redeemed - redeemed, after.expired - expired, after.available)


def added(several: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """The sums by name, largest first."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in several:
        for name, amount in each.items():
            sums[name] += amount
    return dict(sorted(sums.items(), key=lambda each: (-each[1], each[0])))


# --- by goods, places and people --------------------------------------------------------------------------------------

RowsByMonth = Mapping[date, Sequence[Row]]  # of one grouping and currency


def by_name(rows: RowsByMonth, period: Period) -> list[Line]:
    """A row for each name bought in the period or a year before it, largest purchases first, `REST` last."""
    shortened = [
        {row.name for row in found}
        for month in (*period.months, *period.year_before.months)
        if _is_shortened(found := rows.get(month, ()))
    ]
    until = None if period.is_mature else day_year_before(period.today)
    now, before = _by_name(rows, period.months), _by_name(rows, period.year_before.months, until)
    nothing = Row("", "", ZERO, ZERO, 0)
    lines = [
        Line(
            name=name,
            title=(now.get(name) or before[name]).title,
            first=period.first,
            last=last_day(period.last),
            net=now.get(name, nothing).net,
            units=now.get(name, nothing).units,
            documents=now.get(name, nothing).documents,
            year_before=before.get(name, nothing).net,
            whole=all(name in own_rows for own_rows in shortened) or name == REST,
        )
        for name in now.keys() | before.keys()
    ]
    return sorted(lines, key=lambda line: (line.name == REST, -line.net, -line.year_before, line.name))


def _is_shortened(rows: Iterable[Row]) -> bool:
    """Whether a name without a row may have been bought all the same."""
    return any(row.name == REST for row in rows)


def _by_name(rows: RowsByMonth, months: Iterable[date], until: date | None = None) -> dict[str, Row]:
    """`until`: the last day that counts."""
    found: dict[str, Row] = {}
    for month in months:
        for of_month in rows.get(month, ()):
            row = of_month.until(until.day) if until and month == month_of(until) else of_month
            if row is None:
                continue
            if known := found.get(row.name):
                row = Row(
                    row.name,
                    row.title or known.title,
                    known.net + row.net,
                    known.units + row.units,
                    known.documents + row.documents,
                )
            found[row.name] = row
    return found


class MissingArticle(NamedTuple):
    """An article bought in `months` of the six months before, last in `last_month`, and not since."""

    sku: str
    title: str
    months: int
    last_month: date
    mean_units: Decimal


def missing(rows: RowsByMonth, period: Period) -> list[MissingArticle]:
    """Articles bought in three or more of the six months before the last whole month of the period and not since; the most regular first.

    None if a month since is shortened: what has no row in it may be in `REST`.
    """
    since = list(months_between(period.last_whole, period.last))
    if any(_is_shortened(rows.get(month, ())) for month in since):
        return []
    bought: dict[str, list[tuple[date, Row]]] = defaultdict(list)
    for month in months_between(plus(period.last_whole, -REGULAR_OF), plus(period.last_whole, -1)):
        for row in rows.get(month, ()):
            if row.name not in (REST, "") and row.units > 0:
                bought[row.name].append((month, row))
    present = {row.name for month in since for row in rows.get(month, ()) if row.units > 0}
    found = [
        MissingArticle(sku, each[-1][1].title, len(each), each[-1][0], _mean([row.units for _, row in each]))
        for sku, each in bought.items()
        if sku not in present and len(each) >= REGULAR_IN
    ]
    return sorted(found, key=lambda each: (-each.months, -each.mean_units, each.sku))[:MOST_MISSING]


def _mean(amounts: Sequence[Decimal]) -> Decimal:
    return round_half_up(sum(amounts, ZERO) / len(amounts))
