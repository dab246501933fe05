"""The club's figures of a month: a fold of the months of its companies. Pure.

A company's turnover moves from one month to another for one reason, its move:

    new        its first month with purchases ever       won_back   purchases after at least one month without
    grown      more than the month before                lost       none, after purchases the month before
    shrunk     less than the month before                kept       the same

The six sums add up to the change of the club's turnover exactly. The same holds against the year before. Purchases are net, so a month may
be negative: a company without purchases is one whose net purchases are zero or less, and its sum counts in the move all the same.

Each month also has the turnover by region, manager and distributor, the ten largest companies, and the turnover by the quarter in which
companies bought first.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from chalicelib.analytics.rollups.rules import REST, ZERO, months_between, plus

Move = Literal["new", "kept", "grown", "shrunk", "lost", "won_back"]
MOVES: tuple[Move, ...] = get_args(Move)
Split = Literal["region", "manager", "distributor", "cohort"]
SPLITS: tuple[Split, ...] = get_args(Split)
LARGEST = 10
MOST_ROWS = 150  # of a split; all others are one exact rest


class CompanyMonth(NamedTuple):
    """A company's month: net purchases, discounts on base prices, credited bonuses, orders."""

    net: Decimal
    saved: Decimal
    credited: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class CompanyMonths:
    """All months of a company in one currency, and what it is told apart by; empty where nobody told."""

    company_id: str
    region: str
    manager: str
    distributor: str
    months: Mapping[date, CompanyMonth]


class Moved(NamedTuple):
    """The companies of a move, and the change of turnover that they make."""

    companies: int
    change: Decimal


class Share(NamedTuple):
    """The turnover under a name of a split, and the companies that bought."""

    net: Decimal
    companies: int


@dataclass(frozen=True, slots=True)
class ClubMonth:
    """The club's figures of a month. `active`: companies that bought; `largest`: net purchases of the ten largest.

    `moves`: against the month before; `moves_of_year`: against the same month of the year before.
    """

    month: date
    net: Decimal = ZERO
    saved: Decimal = ZERO
    credited: Decimal = ZERO
    orders: int = 0
    active: int = 0
    largest: Decimal = ZERO
    moves: Mapping[str, Moved] = field(default_factory=dict)
    moves_of_year: Mapping[str, Moved] = field(default_factory=dict)
    splits: Mapping[str, Mapping[str, Share]] = field(default_factory=dict)


def move(before: Decimal, now: Decimal, *, bought_earlier: bool) -> Move:
    """The reason of a change between two periods. `bought_earlier`: purchases before the earlier of the two."""
    if before > 0:
        if now <= 0:
            return "lost"
        return "grown" if now > before else "shrunk" if now < before else "kept"
    if now > 0:
        return "won_back" if bought_earlier else "new"
    return "kept" if now == before else "grown" if now > before else "shrunk"


class _Sums:
    """The sums of a month while companies are read."""

    def __init__(self) -> None:
        self.net, self.saved, self.credited = ZERO, ZERO, ZERO
        self.orders = self.active = 0
        self.largest: list[Decimal] = []
        self.moves: dict[str, dict[str, Moved]] = {"month": {}, "year": {}}
        self.splits: dict[Split, dict[str, Share]] = {split: {} for split in SPLITS}

    def add(self, name: str, moved: Move, change: Decimal) -> None:
        known = self.moves[name].get(moved, Moved(0, ZERO))
        self.moves[name][moved] = Moved(known.companies + 1, known.change + change)


class Fold:
    """The figures of the club while companies are read, each once; memory grows with months only."""

    def __init__(self, last: date) -> None:
        self._last = last
        self._sums: dict[date, _Sums] = defaultdict(_Sums)

    def add(self, company: CompanyMonths) -> None:
        _add(company, self._sums, self._last)

    def months(self) -> list[ClubMonth]:
        """The months from the first purchase of all up to the last one."""
        return [_month(month, self._sums[month]) for month in sorted(self._sums)]


def _add(company: CompanyMonths, sums: Mapping[date, _Sums], last: date) -> None:
    months = {month: each for month, each in company.months.items() if month <= last}
    bought = sorted(month for month, each in months.items() if each.net > 0)
    nothing = CompanyMonth(ZERO, ZERO, ZERO, 0)
    first = bought[0] if bought else None
    cohort = f"{first.year}-Q{(first.month + 2) // 3}" if first else ""
    for month in _touched(months, last):
        now, found = months.get(month, nothing), sums[month]
        found.net += now.net
        found.saved += now.saved
        found.credited += now.credited
        found.orders += now.orders
        for name, back in (("month", 1), ("year", 12)):
            earlier = plus(month, -back)
            before = months.get(earlier, nothing).net
            if before or now.net:
                bought_earlier = first is not None and first < earlier
                found.add(name, move(before, now.net, bought_earlier=bought_earlier), now.net - before)
        if now.net > 0:
            found.active += 1
            (heapq.heappush if len(found.largest) < LARGEST else heapq.heappushpop)(found.largest, now.net)
        if now.net:
            for split, part in _parts(company, cohort).items():
                known = found.splits[split].get(part, Share(ZERO, 0))
                found.splits[split][part] = Share(known.net + now.net, known.companies + (now.net > 0))


def _touched(months: Iterable[date], last: date) -> list[date]:
    """The months in which the company counts for something: its own, those after them and a year after them."""
    found = {later for month in months for later in (month, plus(month, 1), plus(month, 12)) if later <= last}
    return sorted(found)


def _parts(company: CompanyMonths, cohort: str) -> dict[Split, str]:
    return {
        "region": company.region,
        "manager": company.manager,
        "distributor": company.distributor,
        "cohort": cohort,
    }


def _month(month: date, sums: _Sums) -> ClubMonth:
    return ClubMonth(
        month=month,
        net=sums.net,
        saved=sums.saved,
        credited=sums.credited,
        orders=sums.orders,
        active=sums.active,
        largest=sum(sums.largest, ZERO),
        moves={name: sums.moves["month"][name] for name in MOVES if name in sums.moves["month"]},
        moves_of_year={name: sums.moves["year"][name] for name in MOVES if name in sums.moves["year"]},
        splits={split: _bounded(parts) for split, parts in sums.splits.items()},
    )


def _bounded(parts: Mapping[str, Share]) -> dict[str, Share]:
    ranked = sorted(parts.items(), key=lambda each: (-each[1].net, each[0]))
    kept = dict(ranked[:MOST_ROWS])
    if others := [share for _, share in ranked[MOST_ROWS:]]:
        kept[REST] = Share(sum((each.net for each in others), ZERO), sum(each.companies for each in others))
    return kept


def months_of(club: Iterable[ClubMonth], first: date, last: date) -> list[ClubMonth]:
    """The months of a period, those without purchases as well."""
    known = {each.month: each for each in club}
    return [known.get(month, ClubMonth(month)) for month in months_between(first, last)]
