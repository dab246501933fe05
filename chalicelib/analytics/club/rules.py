"""The club's figures of a month: a fold of the months of its companies. Pure.

A company's turnover moves from one month to another for one reason, its move:

    new        its first month with purchases ever       won_back   purchases after at least one month without
    grown      more than the month before                lost       none, after purchases the month before
    shrunk     less than the month before                kept       the same

The six sums add up to the change of the club's turnover exactly. The same holds against the year before. Purchases are net, so a month may
be negative: a company without purchases is one whose net purchases are zero or less, and its sum counts in the move all the same.

Each month also has the turnover by region, manager, distributor, tier, brand, category, and the quarter in which companies bought first; the
ten largest companies of the year that ends with it; and of the three months that end with it, the companies that ordered at least twice and
those that bought of at least two categories.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from chalicelib.analytics.rollups.rules import REST, ZERO, months_between, plus
from chalicelib.platform.quarters import quarter_of

Move = Literal["new", "kept", "grown", "shrunk", "lost", "won_back"]
MOVES: tuple[Move, ...] = get_args(Move)
Split = Literal["region", "manager", "distributor", "tier", "cohort", "brand", "category"]
SPLITS: tuple[Split, ...] = get_args(Split)
GOODS: tuple[Literal["brand", "category"], ...] = ("brand", "category")  # splits with rows in a company's months
LARGEST = 10
RECENT = 3  # months in which a company is asked whether it came again, and for what
MOST_ROWS = 150  # of a split; all others are one exact rest


class Goods(NamedTuple):
    """Net purchases of a company's month by the name of a split of goods."""

    brand: Mapping[str, Decimal] = {}
    category: Mapping[str, Decimal] = {}


class CompanyMonth(NamedTuple):
    """A company's month: net purchases, discounts on base prices, credited bonuses, orders, its tier at the end, its goods."""

    net: Decimal
    saved: Decimal
    credited: Decimal
    orders: int
    tier: str = ""
    goods: Goods = Goods()


@dataclass(frozen=True, slots=True)
class CompanyMonths:
    """All months of a company in one currency, and what it is told apart by; empty where nobody told. `yearly_total`: what it buys of all suppliers."""

    company_id: str
    region: str
    manager: str
    distributor: str
    months: Mapping[date, CompanyMonth]
    yearly_total: int = 0


class Moved(NamedTuple):
    """The companies of a move, and the change of turnover that they make."""

    companies: int
    change: Decimal


class Part(NamedTuple):
    """So many of so many companies."""

    of_these: int = 0
    companies: int = 0

    def plus(self, is_one: bool) -> "Part":
        return Part(self.of_these + is_one, self.companies + 1)


NOBODY = Part()


class Wallet(NamedTuple):
    """The companies that told what they buy in a year, what they bought here in a year, and what they told."""

    companies: int = 0
    net: Decimal = ZERO
    total: int = 0


NO_WALLET = Wallet()


class Large(NamedTuple):
    """One of the largest companies and its net purchases of a year."""

    company_id: str
    net: Decimal


class Share(NamedTuple):
    """The turnover under a name of a split, and the companies that bought."""

    net: Decimal
    companies: int


@dataclass(frozen=True, slots=True)
class ClubMonth:
    """The club's figures of a month. `active`: companies that bought; `largest`: net purchases of the ten largest.

    `moves`: against the month before; `moves_of_year`: against the same month of the year before. `known`: companies that bought before the
    month. `repeat`, `cross`: of the companies with an order in the last three months, those with two; of those that bought of a known
    category, those that bought of two. `net_of_year`, `largest_of_year`, `wallet`: of the twelve months that end with this one.
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
    known: int = 0
    repeat: Part = NOBODY
    cross: Part = NOBODY
    net_of_year: Decimal = ZERO
    largest_of_year: tuple[Large, ...] = ()
    wallet: Wallet = NO_WALLET


Splits = Mapping[Split, Mapping[str, Share]]  # of a month, by name


@dataclass(frozen=True, slots=True)
class Cohort:
    """The companies that bought first in a quarter (`2026-Q1`), and of each quarter since, who of them bought and their net purchases."""

    quarter: str
    companies: int
    quarters: Mapping[str, Share]


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
        self.known = 0
        self.repeat, self.cross = NOBODY, NOBODY
        self.net_of_year = ZERO
        self.wallet = NO_WALLET
        self.largest_of_year: list[tuple[Decimal, str]] = []
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
        self._cohorts: dict[str, _CohortSums] = defaultdict(_CohortSums)

    def add(self, company: CompanyMonths) -> None:
        months = {month: each for month, each in company.months.items() if month <= self._last}
        first = min((month for month, each in months.items() if each.net > 0), default=None)
        _add(company, months, first, self._sums, self._last)
        _add_recent(company, months, first, self._sums, self._last)
        if first:
            self._cohorts[quarter_of(first)].add(months)

    def cohorts(self) -> list[Cohort]:
        """The cohorts, the earliest first."""
        return [
            Cohort(name, each.companies, dict(sorted(each.quarters.items())))
            for name, each in sorted(self._cohorts.items())
        ]

    def months(self) -> list[ClubMonth]:
        """The months from the first purchase of all up to the last one."""
        return [_month(month, self._sums[month]) for month in sorted(self._sums)]

    def splits(self) -> dict[date, Splits]:
        """By month, the turnover of each split."""
        return {
            month: {split: _bounded(parts) for split, parts in each.splits.items()}
            for month, each in self._sums.items()
        }


class _CohortSums:
    """The sums of a cohort while companies are read."""

    def __init__(self) -> None:
        self.companies = 0
        self.quarters: dict[str, Share] = {}

    def add(self, months: Mapping[date, CompanyMonth]) -> None:
        self.companies += 1
        nets: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for month, each in months.items():
            nets[quarter_of(month)] += each.net
        for quarter, net in nets.items():
            known = self.quarters.get(quarter, Share(ZERO, 0))
            self.quarters[quarter] = Share(known.net + net, known.companies + (net > 0))


def _add(
    company: CompanyMonths,
    months: Mapping[date, CompanyMonth],
    first: date | None,
    sums: Mapping[date, _Sums],
    last: date,
) -> None:
    """Adds what the company did in its months, and against those before."""
    nothing = CompanyMonth(ZERO, ZERO, ZERO, 0)
    cohort = quarter_of(first) if first else ""
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
        for split, name, net in _parts(company, cohort, now):
            known = found.splits[split].get(name, Share(ZERO, 0))
            found.splits[split][name] = Share(known.net + net, known.companies + (net > 0))


def _add_recent(
    company: CompanyMonths,
    months: Mapping[date, CompanyMonth],
    first: date | None,
    sums: Mapping[date, _Sums],
    last: date,
) -> None:
    """Adds what the company did in the three and in the twelve months that end with each month."""
    if not months:
        return
    nothing = CompanyMonth(ZERO, ZERO, ZERO, 0)
    net = ZERO  # of the twelve months that end with the one at hand
    for month in months_between(min(months), last):
        found = sums[month]
        found.known += first is not None and first < month
        recent = [months[each] for each in months_between(plus(month, 1 - RECENT), month) if each in months]
        if orders := sum(each.orders for each in recent):
            found.repeat = found.repeat.plus(orders >= 2)
        if categories := {name for each in recent for name, net in each.goods.category.items() if name and net > 0}:
            found.cross = found.cross.plus(len(categories) >= 2)
        net += months.get(month, nothing).net - months.get(plus(month, -12), nothing).net
        found.net_of_year += net
        if net > 0:
            push = heapq.heappush if len(found.largest_of_year) < LARGEST else heapq.heappushpop
            push(found.largest_of_year, (net, company.company_id))
        if company.yearly_total:
            known = found.wallet
            found.wallet = Wallet(known.companies + 1, known.net + net, known.total + company.yearly_total)


def _touched(months: Iterable[date], last: date) -> list[date]:
    """The months in which the company counts for something: its own, those after them and a year after them."""
    found = {later for month in months for later in (month, plus(month, 1), plus(month, 12)) if later <= last}
    return sorted(found)


def _parts(company: CompanyMonths, cohort: str, month: CompanyMonth) -> Iterator[tuple[Split, str, Decimal]]:
    """The names under which the company's month counts, by split, and the sum under each."""
    if month.net:
        yield "region", company.region, month.net
        yield "manager", company.manager, month.net
        yield "distributor", company.distributor, month.net
        yield "tier", month.tier, month.net
        yield "cohort", cohort, month.net
    for name, net in month.goods.brand.items():
        yield "brand", name, net
    for name, net in month.goods.category.items():
        yield "category", name, net


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
        known=sums.known,
        repeat=sums.repeat,
        cross=sums.cross,
        net_of_year=sums.net_of_year,
        wallet=sums.wallet,
        largest_of_year=tuple(Large(name, net) for net, name in sorted(sums.largest_of_year, reverse=True)),
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
