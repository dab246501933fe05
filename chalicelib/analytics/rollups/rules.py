"""The rollup of a month: a fold of a company's documents dated in it. Pure.

A rollup is always folded again from all documents of its month, in any order; so a correction, a late document or a repeat ends in the
same rollup. Sums of a currency are never mixed with those of another. Of each grouping the largest rows are kept, and `REST` is the exact
sum of all others: rows add up to the month's purchases to the kopeck.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Literal, NamedTuple, Protocol, get_args

ZERO = Decimal(0)
REST = "*"  # the name of the row with all that have no row of their own
UNKNOWN = ""  # the name of the row of purchases that do not tell

Grouping = Literal["brand", "category", "product", "distributor", "shop", "person"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
MOST_ROWS: Mapping[Grouping, int] = {
    "brand": 60,
    "category": 60,
    "product": 800,
    "distributor": 20,
    "shop": 60,
    "person": 60,
}
# Of the names, titles and days of a month's articles, its currencies together: an item holds 400 KB.
MOST_BYTES = 200_000
BYTES_OF_DAY = 8  # of a row, packed
MOST_RULES = 20  # of a month that gave discounts
MOST_OPEN = 500  # orders of a month that are named since they may ship in others, too


# --- months -----------------------------------------------------------------------------------------------------------


def month_of(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def plus(month: date, months: int) -> date:
    """The month so many months later, or earlier."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def last_day(month: date) -> date:
    return plus(month, 1) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """The months from that of `first` to that of `last`."""
    month = month_of(first)
    while month <= last:
        yield month
        month = plus(month, 1)


# --- facts ------------------------------------------------------------------------------------------------------------


class PurchasedLine(NamedTuple):
    """A line of a document; quantity and amount are negative in a return. `saved`: by rule, the discount on the base price."""

    sku: str
    title: str
    brand: str
    category: str
    quantity: Decimal
    amount: Decimal
    saved: Mapping[str, Decimal]


class Purchase(NamedTuple):
    """A document of the month. `counts_on`: for a return, the day of its sale. The rest only documents of the portal tell, and are else empty.

    `order_id`: its order, of `ordered` units. `shop`: the delivery address. `person`: the member who ordered.
    """

    day: date
    counts_on: date
    is_return: bool
    currency: str
    lines: tuple[PurchasedLine, ...]
    order_id: str = ""
    distributor: str = ""
    distributor_title: str = ""
    shop: str = ""
    shop_title: str = ""
    person: str = ""
    ordered: Decimal = ZERO


# --- the rollup -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a month in one currency. Returns are negative.

    `returned`: of goods sold in the month; `returned_earlier`: of goods sold before it. `orders`: orders with a document in the month, and
    documents without an order. `open_orders`: of these, those that the month's documents do not ship in full; other months may have them, too.
    `days`: net purchases by day. `saved`: by rule, discounts on the base price of what was shipped.
    """

    sold: Decimal = ZERO
    returned: Decimal = ZERO
    returned_earlier: Decimal = ZERO
    units: Decimal = ZERO
    documents: int = 0
    orders: int = 0
    open_orders: tuple[str, ...] = ()
    days: Mapping[date, Decimal] = field(default_factory=dict)
    saved: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        return self.sold + self.returned + self.returned_earlier

    def net_until(self, day: date) -> Decimal:
        """Net purchases up to this day."""
        return sum((amount for each, amount in self.days.items() if each <= day), ZERO)


class Row(NamedTuple):
    """The purchases under one name of a grouping. `title`: the name for people, where it differs. `days`: `net` by day of the month."""

    name: str
    title: str
    net: Decimal
    units: Decimal
    documents: int
    days: tuple[tuple[int, Decimal], ...] = ()

    def until(self, day: int) -> "Row | None":
        """The row with the purchases up to this day of its month alone; None without any. Its units and documents are those of the month."""
        found = [net for each, net in self.days if each <= day]
        return self._replace(net=sum(found, ZERO)) if found else None


Rows = Mapping[Grouping, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Rollup:
    """By currency: the month's sums, and the rows of each grouping, largest first, `REST` last."""

    totals: Mapping[str, Totals]
    rows: Mapping[str, Rows]


def fold(purchases: Iterable[Purchase]) -> Rollup:
    """The rollup of the documents of one month."""
    by_currency: dict[str, list[Purchase]] = defaultdict(list)
    for each in purchases:
        by_currency[each.currency].append(each)
    return Rollup(
        {currency: _totals(found) for currency, found in sorted(by_currency.items())},
        {currency: _rows(found, MOST_BYTES // len(by_currency)) for currency, found in sorted(by_currency.items())},
    )


def _totals(purchases: list[Purchase]) -> Totals:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    days: dict[date, Decimal] = defaultdict(Decimal)
    saved: dict[str, Decimal] = defaultdict(Decimal)
    for each in purchases:
        amount = sum((line.amount for line in each.lines), ZERO)
        sums[_kind(each)] += amount
        days[each.day] += amount
        for line in each.lines:
            sums["units"] += line.quantity
            for rule, discount in line.saved.items():
                saved[rule] += discount
    orders = _open_by_order(purchases)
    alone = sum(not each.order_id and not each.is_return for each in purchases)
    return Totals(
        sold=sums["sold"],
        returned=sums["returned"],
        returned_earlier=sums["returned_earlier"],
        units=sums["units"],
        documents=len(purchases),
        orders=len(orders) + alone,
        open_orders=tuple(sorted(order_id for order_id, is_open in orders.items() if is_open)[:MOST_OPEN]),
        days={day: amount for day, amount in sorted(days.items()) if amount},
        saved=_largest(saved),
    )


def _open_by_order(purchases: Iterable[Purchase]) -> dict[str, bool]:
    """The orders with a shipment, and of each, whether something is left to ship. Told by the month's documents alone, so in any order of folds."""
    left: dict[str, Decimal] = {}
    for each in purchases:
        if each.order_id and not each.is_return:
            shipped = sum((line.quantity for line in each.lines), ZERO)
            left[each.order_id] = left.get(each.order_id, each.ordered) - shipped
    # An order that is not known has no units: it may ship more.
    return {each.order_id: left[each.order_id] > 0 or not each.ordered for each in purchases if each.order_id in left}


class MonthOfOrders(Protocol):
    """The orders of a month: how many, and those that may be in other months, too."""

    @property
    def orders(self) -> int: ...
    @property
    def open_orders(self) -> Collection[str]: ...


def distinct_orders(months: Iterable[MonthOfOrders]) -> int:
    """The orders of several months; one that ships in two of them counts once."""
    found = list(months)
    named = [order_id for each in found for order_id in each.open_orders]
    return sum(each.orders for each in found) - len(named) + len(set(named))


def _kind(purchase: Purchase) -> str:
    if not purchase.is_return:
        return "sold"
    return "returned" if month_of(purchase.counts_on) == month_of(purchase.day) else "returned_earlier"


def _largest(saved: Mapping[str, Decimal]) -> dict[str, Decimal]:
    ranked = sorted((-amount, rule) for rule, amount in saved.items() if amount)
    kept = {rule: -amount for amount, rule in ranked[:MOST_RULES]}
    rest = -sum((amount for amount, _ in ranked[MOST_RULES:]), ZERO)
    return {**kept, REST: rest} if rest else kept


class _Sum:
    """The sums under one name while the documents are read."""

    __slots__ = ("days", "documents", "title", "units")

    def __init__(self) -> None:
        self.title, self.units = "", ZERO
        self.days: dict[int, Decimal] = defaultdict(Decimal)
        self.documents: set[int] = set()

    @property
    def net(self) -> Decimal:
        return sum(self.days.values(), ZERO)

    def add(self, other: "_Sum") -> None:
        """Adds all but the title."""
        self.units += other.units
        self.documents |= other.documents
        for day, net in other.days.items():
            self.days[day] += net


def _rows(purchases: list[Purchase], most_bytes: int, groupings: Sequence[Grouping] = GROUPINGS) -> Rows:
    sums: dict[Grouping, dict[str, _Sum]] = {grouping: defaultdict(_Sum) for grouping in groupings}
    for number, purchase in enumerate(purchases):
        for line in purchase.lines:
            names = _names(purchase, line)
            for grouping, named in sums.items():
                name, title = names[grouping]
                found = named[name]
                found.title = max(found.title, title)  # of two names of one thing the same, in any order they come
                found.days[purchase.day.day] += line.amount
                found.units += line.quantity
                found.documents.add(number)
    return {grouping: _bounded(named, MOST_ROWS[grouping], most_bytes) for grouping, named in sums.items()}


def _names(purchase: Purchase, line: PurchasedLine) -> dict[Grouping, tuple[str, str]]:
    """By grouping, the name and the title that the line counts under."""
    return {
        "brand": (line.brand, ""),
        "category": (line.category, ""),
        "product": (line.sku, line.title),
        "distributor": (purchase.distributor, purchase.distributor_title),
        "shop": (purchase.shop, purchase.shop_title),
        "person": (purchase.person, ""),
    }


class DocumentPart(NamedTuple):
    """The part of a document that counts in a row. `saved`: by the row's rule; zero in rows that go by no rule."""

    net: Decimal = ZERO
    units: Decimal = ZERO
    saved: Decimal = ZERO


def parts_under(purchases: Sequence[Purchase], currency: str, grouping: Grouping, name: str) -> list[DocumentPart]:
    """The part of each document of a month that counts in the row of this name; they add up to the row of the month's rollup."""
    mine = [each for each in purchases if each.currency == currency]
    most_bytes = MOST_BYTES // max(1, len({each.currency for each in purchases}))
    own_rows = {row.name for row in _rows(mine, most_bytes, [grouping])[grouping]}
    found = []
    for purchase in purchases:
        lines = purchase.lines if purchase.currency == currency else ()
        under = [line for line in lines if _row_name(_names(purchase, line)[grouping][0], own_rows) == name]
        found.append(_part(under))
    return found


def parts_saved(purchases: Sequence[Purchase], currency: str, rule: str) -> list[DocumentPart]:
    """The part of each document of a month that a rule made cheaper; their `saved` add up to that of the month's rollup."""
    mine = [each for each in purchases if each.currency == currency]
    own_rules = _totals(mine).saved.keys()
    found = []
    for purchase in purchases:
        lines = purchase.lines if purchase.currency == currency else ()
        under, saved = [], ZERO
        for line in lines:
            amounts = [amount for name, amount in line.saved.items() if _row_name(name, own_rules) == rule]
            under += [line] if amounts else []
            saved += sum(amounts, ZERO)
        found.append(_part(under, saved))
    return found


def _part(lines: Sequence[PurchasedLine], saved: Decimal = ZERO) -> DocumentPart:
    return DocumentPart(sum((line.amount for line in lines), ZERO), sum((line.quantity for line in lines), ZERO), saved)


def _row_name(name: str, own_rows: Collection[str]) -> str:
    return name if name in own_rows else REST


def _bounded(sums: Mapping[str, _Sum], most: int, most_bytes: int) -> tuple[Row, ...]:
    ranked = sorted(sums.items(), key=lambda each: (-abs(each[1].net), each[0]))
    sizes = accumulate(
        len(f"{name}{each.title}".encode()) + BYTES_OF_DAY * len(each.days) for name, each in ranked[:most]
    )
    most = sum(size <= most_bytes for size in sizes)
    rows = [_row(name, each) for name, each in ranked[:most]]
    if ranked[most:]:
        rest = _Sum()
        for _, each in ranked[most:]:
            rest.add(each)
        rows.append(_row(REST, rest))
    return tuple(rows)


def _row(name: str, found: _Sum) -> Row:
    days = tuple(sorted(found.days.items()))
    return Row(name, found.title, found.net, found.units, len(found.documents), days)
