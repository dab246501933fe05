"""The club's figures of a month: a fold of the months of its companies. Pure.

A company's turnover moves from one month to another for one reason, its move:

    new        its first month with purchases ever       won_back   purchases after at least one month without
    grown      more than the month before                lost       none, after purchases the month before
    shrunk     less than the month before                kept       the same

The six sums add up to the change of the club's turnover exactly. The same holds against the year before, and for the turnover under each name
of a split (a region, a brand): there a company counts with what it bought under the name. Purchases are net, so a month may be negative: a
company without purchases is one whose net purchases are zero or less, and its sum counts in the move all the same.

Each month also has the turnover by region, manager, distributor, tier, brand, category, and the quarter in which companies bought first; the
ten largest companies of the year that ends with it; and of the three months that end with it, the companies that ordered at least twice and
those that bought of at least two categories.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar, get_args

from chalicelib.analytics.rollups.rules import REST, ZERO, distinct_orders, months_between, plus
from chalicelib.platform import quarter_of

T = TypeVar("T")

Move = Literal["new", "kept", "grown", "shrunk", "lost", "won_back"]
MOVES: tuple[Move, ...] = get_args(Move)
Against = Literal["month", "year"]
BACK: Mapping[Against, int] = {"month": 1, "year": 12}  # months to the earlier one of the two
Split = Literal["region", "manager", "distributor", "tier", "cohort", "brand", "category"]
SPLITS: tuple[Split, ...] = get_args(Split)
GOODS: tuple[Literal["brand", "category"], ...] = ("brand", "category")  # splits with rows in a company's months
LARGEST = 10
RECENT = 3  # months in which a company is asked whether it came again, and for what
MOST_ROWS = 150  # of a split; all others are one exact rest
MONTHS_OF_GOODS = 36  # the newest months, of which brands and categories are known
BRIDGED = 13  # the newest months, whose bridges are kept by split, and whose moves by company
MOST_MOVED = 100  # companies of a move that are named: those with the largest changes


class Goods(NamedTuple):
    """Net purchases of a company's month by the name of a split of goods."""

    brand: Mapping[str, Decimal] = {}
    category: Mapping[str, Decimal] = {}


class CompanyMonth(NamedTuple):
    """A company's month: net purchases, discounts on base prices, credited bonuses, orders, its tier at the end, its goods.

    `open_orders`: those that may be in other months, too.
    """

    net: Decimal
    saved: Decimal
    credited: Decimal
    orders: int
    tier: str = ""
    goods: Goods = Goods()
    open_orders: tuple[str, ...] = ()


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


NOT_MOVED = Moved(0, ZERO)


class Bridge(NamedTuple):
    """The turnover under a name of a split in the earlier of two months and in the later one, and the moves between them."""

    before: Decimal
    net: Decimal
    moves: Mapping[Move, Moved]


class MovedCompany(NamedTuple):
    """A company of a move, and its net purchases in the earlier of two months and in the later one."""

    company_id: str
    before: Decimal
    net: Decimal

    @property
    def change(self) -> Decimal:
        return self.net - self.before


class Ratio(NamedTuple):
    """So many of so many companies."""

    of_these: int = 0
    companies: int = 0

    def plus(self, is_one: bool) -> "Ratio":
        return Ratio(self.of_these + is_one, self.companies + 1)


NOBODY = Ratio()


class Wallet(NamedTuple):
    """The companies that told what they buy in a year, what they bought here in a year, and what they told."""

    companies: int = 0
    net: Decimal = ZERO
    total: int = 0


NO_WALLET = Wallet()


class LargeCompany(NamedTuple):
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
    moves: Mapping[Move, Moved] = field(default_factory=dict)
    moves_of_year: Mapping[Move, Moved] = field(default_factory=dict)
    known: int = 0
    repeat: Ratio = NOBODY
    cross: Ratio = NOBODY
    net_of_year: Decimal = ZERO
    largest_of_year: tuple[LargeCompany, ...] = ()
    wallet: Wallet = NO_WALLET


Splits = Mapping[Split, Mapping[str, Share]]  # of a month, by name
Bridges = Mapping[Against, Mapping[str, Bridge]]  # of a month and a split, by name
MovedCompanies = Mapping[Against, Mapping[Move, tuple[MovedCompany, ...]]]  # of a month, the largest changes first


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


class RowAsked(NamedTuple):
    """A row of figures whose companies are asked for: a period's, under a name of a split, and of a move in the period's last month.

    `own_names`: of a split, by month, the names that have a row of their own.
    """

    first: date
    last: date
    split: Split | None = None
    name: str = ""
    move: Move | None = None
    against: Against = "month"
    own_names: Mapping[date, Collection[str]] = {}

    def counts(self, split: Split, name: str, month: date) -> bool:
        """Whether the row counts what a company bought under this name in the month."""
        if split != self.split:
            return False
        own = name != REST and name in self.own_names.get(month, ())
        return self.name == (name if own else REST)


class CompanyRow(NamedTuple):
    """One company's part of a row of figures. `before`: of a move, in the earlier month; `first_month`: of its purchases.

    `recent_orders`, `recent_categories`: of the three months that end with the last one of the period. `net_of_year`: of the twelve.
    """

    company_id: str
    before: Decimal
    net: Decimal
    saved: Decimal
    credited: Decimal
    orders: int
    first_month: date | None
    recent_orders: int
    recent_categories: int
    net_of_year: Decimal
    yearly_total: int


def company_row(company: CompanyMonths, asked: RowAsked, *, idle: bool) -> CompanyRow | None:
    """The company's part of the row; None where it has none. `idle`: with nothing in the period as well, where it has earlier months."""
    months = {month: each for month, each in company.months.items() if month <= asked.last}
    own = [each for month, each in months.items() if month >= asked.first]
    sums = _sums_asked(company, asked) if asked.split or asked.move else [(ZERO, each.net) for each in own]
    if not (sums or (idle and months)):
        return None
    bought = min((month for month, each in months.items() if each.net > 0), default=None)
    return CompanyRow(
        company.company_id,
        sum((before for before, _ in sums), ZERO),
        sum((net for _, net in sums), ZERO),
        sum((each.saved for each in own), ZERO),
        sum((each.credited for each in own), ZERO),
        distinct_orders(own),
        bought,
        *_recent(months, asked.last),
        sum((each.net for month, each in months.items() if month > plus(asked.last, -12)), ZERO),
        company.yearly_total,
    )


def _sums_asked(company: CompanyMonths, asked: RowAsked) -> list[tuple[Decimal, Decimal]]:
    """Net purchases before and now, for each name or month that counts in a row of a split or of a move."""
    nets = {month: each.net for month, each in company.months.items() if each.net}
    bought = _first(nets)
    under = _under(company, company.months, quarter_of(bought) if bought else "") if asked.split else {}
    if asked.move is None:
        return [
            (ZERO, net)
            for (split, name), found in under.items()
            for month, net in found.items()
            if asked.first <= month <= asked.last and asked.counts(split, name, month)
        ]
    counting = [found for (split, name), found in under.items() if asked.counts(split, name, asked.last)]
    return [
        (before, now)
        for found in (counting if asked.split else [nets])
        for _, against, moved, before, now in _moves(found, asked.last, asked.last)
        if (against, moved) == (asked.against, asked.move)
    ]


class _Bridge:
    """The sums of a bridge while companies are read."""

    __slots__ = ("before", "moves", "net")

    def __init__(self) -> None:
        self.before, self.net = ZERO, ZERO
        self.moves: dict[Move, Moved] = {}

    def add(self, moved: Move, before: Decimal, net: Decimal) -> None:
        self.before += before
        self.net += net
        known = self.moves.get(moved, NOT_MOVED)
        self.moves[moved] = Moved(known.companies + 1, known.change + net - before)


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
        self.bridges: dict[Against, _Bridge] = {against: _Bridge() for against in BACK}
        self.moved: dict[tuple[Against, Move], list[tuple[Decimal, MovedCompany]]] = defaultdict(list)
        self.splits: dict[Split, dict[str, Share]] = {split: {} for split in SPLITS}
        self.bridges_of: dict[tuple[Split, Against], dict[str, _Bridge]] = defaultdict(lambda: defaultdict(_Bridge))

    def name_moved(self, against: Against, moved: Move, company: MovedCompany) -> None:
        named = self.moved[against, moved]
        (heapq.heappush if len(named) < MOST_MOVED else heapq.heappushpop)(named, (abs(company.change), company))

    def largest_moved(self) -> MovedCompanies:
        def in_order(named: list[tuple[Decimal, MovedCompany]]) -> tuple[MovedCompany, ...]:
            return tuple(company for _, company in sorted(named, key=lambda each: (-each[0], each[1].company_id)))

        return {
            against: {move: in_order(self.moved[against, move]) for move in MOVES if (against, move) in self.moved}
            for against in BACK
        }


class Fold:
    """The figures of the club while companies are read, each once; memory grows with months only."""

    def __init__(self, last: date) -> None:
        self._last = last
        self._bridged = plus(last, 1 - BRIDGED)
        self._sums: dict[date, _Sums] = defaultdict(_Sums)
        self._cohorts: dict[str, _CohortSums] = defaultdict(_CohortSums)

    def add(self, company: CompanyMonths) -> None:
        months = {month: each for month, each in company.months.items() if month <= self._last}
        first = min((month for month, each in months.items() if each.net > 0), default=None)
        _add(company, months, first, self._sums, self._last)
        _add_moves(company, months, self._sums, self._last, self._bridged)
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

    def bridges(self) -> dict[tuple[Split, date], Bridges]:
        """By split and month, of the newest months."""
        found: dict[tuple[Split, date], dict[Against, Mapping[str, Bridge]]] = defaultdict(dict)
        for month, each in self._sums.items():
            for (split, against), bridges in each.bridges_of.items():
                found[split, month][against] = _bounded_bridges(bridges)
        return dict(found)

    def moved(self) -> dict[date, MovedCompanies]:
        """By month, of the newest months."""
        return {month: each.largest_moved() for month, each in self._sums.items() if each.moved}


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
    """Adds what the company did in its months, and how it moved against those before."""
    cohort = quarter_of(first) if first else ""
    for month, now in months.items():
        found = sums[month]
        found.net += now.net
        found.saved += now.saved
        found.credited += now.credited
        found.orders += now.orders
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
        orders, categories = _recent(months, month)
        if orders:
            found.repeat = found.repeat.plus(orders >= 2)
        if categories and month > plus(last, -MONTHS_OF_GOODS):
            found.cross = found.cross.plus(categories >= 2)
        net += months.get(month, nothing).net - months.get(plus(month, -12), nothing).net
        found.net_of_year += net
        if net > 0:
            push = heapq.heappush if len(found.largest_of_year) < LARGEST else heapq.heappushpop
            push(found.largest_of_year, (net, company.company_id))
        if company.yearly_total:
            known = found.wallet
            found.wallet = Wallet(known.companies + 1, known.net + net, known.total + company.yearly_total)


def _recent(months: Mapping[date, CompanyMonth], month: date) -> tuple[int, int]:
    """The orders of the three months that end with this one, and the known categories that were bought of in them."""
    recent = [months[each] for each in months_between(plus(month, 1 - RECENT), month) if each in months]
    categories = {name for each in recent for name, net in each.goods.category.items() if name and net > 0}
    return distinct_orders(recent), len(categories)


def _add_moves(
    company: CompanyMonths, months: Mapping[date, CompanyMonth], sums: Mapping[date, _Sums], last: date, bridged: date
) -> None:
    """Adds how the company moved, in all and under each name of a split. `bridged`: the first month with bridges by split."""
    nets = {month: each.net for month, each in months.items() if each.net}
    for month, against, moved, before, net in _moves(nets, date.min, last):
        sums[month].bridges[against].add(moved, before, net)
        if month >= bridged:
            sums[month].name_moved(against, moved, MovedCompany(company.company_id, before, net))
    cohort = quarter_of(first) if (first := _first(nets)) else ""
    for (split, name), found in _under(company, months, cohort).items():
        for month, against, moved, before, net in _moves(found, bridged, last):
            sums[month].bridges_of[split, against][name].add(moved, before, net)


def _under(
    company: CompanyMonths, months: Mapping[date, CompanyMonth], cohort: str
) -> dict[tuple[Split, str], dict[date, Decimal]]:
    """The net purchases of the months, by split and name."""
    under: dict[tuple[Split, str], dict[date, Decimal]] = defaultdict(dict)
    for month, each in months.items():
        for split, name, net in _parts(company, cohort, each):
            if net:
                under[split, name][month] = net
    return under


def _first(nets: Mapping[date, Decimal]) -> date | None:
    """The first month with purchases."""
    return min((month for month, net in nets.items() if net > 0), default=None)


def _moves(
    nets: Mapping[date, Decimal], first: date, last: date
) -> Iterator[tuple[date, Against, Move, Decimal, Decimal]]:
    """Each move that these net purchases make in a month from `first` to `last`: month, against what, move, and net before and now."""
    bought = _first(nets)
    for against, back in BACK.items():
        for month in sorted(nets.keys() | {plus(each, back) for each in nets}):
            if first <= month <= last:
                earlier = plus(month, -back)
                before, now = nets.get(earlier, ZERO), nets.get(month, ZERO)
                bought_earlier = bought is not None and bought < earlier
                yield month, against, move(before, now, bought_earlier=bought_earlier), before, now


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
        moves=dict(sums.bridges["month"].moves),
        moves_of_year=dict(sums.bridges["year"].moves),
        known=sums.known,
        repeat=sums.repeat,
        cross=sums.cross,
        net_of_year=sums.net_of_year,
        wallet=sums.wallet,
        largest_of_year=tuple(LargeCompany(name, net) for net, name in sorted(sums.largest_of_year, reverse=True)),
    )


def _bounded(parts: Mapping[str, Share]) -> dict[str, Share]:
    kept, others = _largest(parts, lambda share: share.net)
    if others:
        kept[REST] = Share(sum((each.net for each in others), ZERO), sum(each.companies for each in others))
    return kept


def _bounded_bridges(sums: Mapping[str, _Bridge]) -> dict[str, Bridge]:
    found = {name: Bridge(each.before, each.net, each.moves) for name, each in sums.items()}
    kept, others = _largest(found, lambda bridge: max(abs(bridge.before), abs(bridge.net)))
    if others:
        kept[REST] = _together(others)
    return kept


def _together(bridges: Sequence[Bridge]) -> Bridge:
    moves: dict[Move, Moved] = {}
    for bridge in bridges:
        for moved, (companies, change) in bridge.moves.items():
            known = moves.get(moved, NOT_MOVED)
            moves[moved] = Moved(known.companies + companies, known.change + change)
    return Bridge(sum((each.before for each in bridges), ZERO), sum((each.net for each in bridges), ZERO), moves)


def _largest(parts: Mapping[str, T], size: Callable[[T], Decimal]) -> tuple[dict[str, T], list[T]]:
    """The names that have a row, largest first; and all others, which are one row together with `REST` of the companies' own months."""
    ranked = sorted((each for each in parts.items() if each[0] != REST), key=lambda each: (-size(each[1]), each[0]))
    others = [each for _, each in ranked[MOST_ROWS:]]
    return dict(ranked[:MOST_ROWS]), [*others, parts[REST]] if REST in parts else others


def months_of(club: Iterable[ClubMonth], first: date, last: date) -> list[ClubMonth]:
    """The months of a period, those without purchases as well."""
    known = {each.month: each for each in club}
    return [known.get(month, ClubMonth(month)) for month in months_between(first, last)]
