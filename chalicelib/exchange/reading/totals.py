"""The totals of a file against its rows. Pure.

A row of totals must be the sum of all rows, or of the rows since the last such row or since the beginning of its own group. Other rows are
refused with their line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from chalicelib.exchange.reading.rows import CENT, ZERO

_TOLERANCE = Decimal("0.005")


def says(own_total: Mapping[str, Any], quantity: Decimal, amount: Decimal) -> bool:
    """True where the file's own total, with its numbers as texts or None, tells this quantity and sum."""
    told = ((own_total["quantity"], quantity), (own_total["amount"], amount))
    return all(said is None or abs(Decimal(said) - found) <= _TOLERANCE for said, found in told)


class Sums(NamedTuple):
    """Of rows: as written, as counted (returns with a minus), and as counted with each row rounded to cents."""

    quantity: Decimal = ZERO
    written: Decimal = ZERO
    counted: Decimal = ZERO
    rounded: Decimal = ZERO
    counted_quantity: Decimal = ZERO

    def minus(self, other: "Sums") -> "Sums":
        return Sums(*(mine - yours for mine, yours in zip(self, other, strict=True)))

    def match(self, quantity: Decimal | None, amount: Decimal | None) -> bool:
        amounts = amount is None or any(
            abs(each - amount) <= _TOLERANCE for each in (self.written, self.counted, self.rounded)
        )
        quantities = quantity is None or any(
            abs(each - quantity) <= _TOLERANCE for each in (self.quantity, self.counted_quantity)
        )
        return amounts and quantities


@dataclass(frozen=True, slots=True)
class OwnTotal:
    """A row of totals. `whole`: it is the sum of all rows above it."""

    line: int
    quantity: Decimal | None
    amount: Decimal | None
    whole: bool


class Mismatch(NamedTuple):
    line: int
    label: str
    field: str
    said: Decimal
    found: Decimal


class _OpenGroup(NamedTuple):
    """A group whose sums stand above its rows, or below them: `is_below` tells that they are also those of rows above."""

    depth: int
    line: int
    label: str
    quantity: Decimal | None
    amount: Decimal | None
    since: Sums
    is_below: bool = False


@dataclass(slots=True)
class Totals:
    """Running sums of a file and the points from which a row of totals may count."""

    sums: Sums = field(default_factory=Sums)
    last: OwnTotal | None = None
    _points: list[Sums] = field(default_factory=lambda: [Sums()])
    _document: Sums = field(default_factory=Sums)
    _customer: Sums = field(default_factory=Sums)
    _groups: tuple[Any, Any] = (None, None)
    _open: list["_OpenGroup"] = field(default_factory=list)
    _whole: "_OpenGroup | None" = None
    _stand_above: bool = False  # the sums of some group

    def add(
        self,
        quantity: Decimal,
        written: Decimal,
        counted_quantity: Decimal,
        counted: Decimal,
        document: str,
        customer: str,
    ) -> None:
        before = self.sums
        if document != self._groups[0]:
            self._document = before
        if customer != self._groups[1]:
            self._customer = before
        self._groups = (document, customer)
        sums = (
            before.quantity + quantity,
            before.written + written,
            before.counted + counted,
            before.rounded + counted.quantize(CENT, ROUND_HALF_UP),
            before.counted_quantity + counted_quantity,
        )
        self.sums = tuple.__new__(Sums, sums)  # in half the time

    def open_group(
        self, depth: int, line: int, label: str, quantity: Decimal | None, amount: Decimal | None
    ) -> Mismatch | None:
        """Closes the groups of this depth and deeper, and opens one. None where the closed ones are the sums of their rows."""
        wrong = self.close_groups(depth)
        if quantity is not None or amount is not None:
            is_below = amount != 0 and self.repeats(quantity, amount)
            self._open.append(_OpenGroup(depth, line, label, quantity, amount, self.sums, is_below))
        return wrong

    def repeats(self, quantity: Decimal | None, amount: Decimal | None) -> bool:
        """True for the sums of the rows above: of their document or customer, of those since the last total, or of all."""
        return any(
            self.sums != point and self.sums.minus(point).match(quantity, amount)
            for point in (*self._points, self._document, self._customer)
        )

    def open_whole(self, line: int, label: str, quantity: Decimal | None, amount: Decimal | None) -> None:
        """Keeps a total that stands above all rows, until `close_whole`."""
        self._whole = _OpenGroup(-1, line, label, quantity, amount, Sums())

    def close_whole(self) -> Mismatch | None:
        """None where no total stands above all rows, or it is their sum."""
        if (total := self._whole) is None:
            return None
        if not self.sums.match(total.quantity, total.amount):
            return self._mismatch(total.line, total.label, total.quantity, total.amount, Sums())
        self.last = OwnTotal(total.line, total.quantity, total.amount, whole=True)
        return None

    def close_groups(self, depth: int) -> Mismatch | None:
        """The first group of this depth or deeper that is not the sum of its rows."""
        while self._open and self._open[-1].depth >= depth:
            group = self._open.pop()
            if self.sums.minus(group.since).match(group.quantity, group.amount):
                self._stand_above |= not group.is_below
                continue
            if group.is_below and not self._stand_above:
                whole = group.since == self.sums and self.sums.match(group.quantity, group.amount)
                self.last = OwnTotal(group.line, group.quantity, group.amount, whole)
                self._points.append(group.since)
            else:
                return self._mismatch(group.line, group.label, group.quantity, group.amount, group.since, whole=False)
        return None

    def check(
        self, line: int, label: str, group: str, quantity: Decimal | None, amount: Decimal | None
    ) -> Mismatch | None:
        """None where the row is the sum of rows above; else what it is not. `group`: the group that it names."""
        whole = self.sums.match(quantity, amount)
        self.last = OwnTotal(line, quantity, amount, whole)
        if whole:
            self._points = [Sums(), self.sums]
            return None
        for place in range(len(self._points) - 1, -1, -1):
            if self.sums.minus(self._points[place]).match(quantity, amount) and self.sums != self._points[place]:
                self._points[place + 1 :] = [self.sums]
                return None
        if group and any(self.sums.minus(each).match(quantity, amount) for each in (self._document, self._customer)):
            self._points.append(self.sums)
            return None
        return self._mismatch(line, label, quantity, amount, self._document if group else self._points[-1])

    def _mismatch(
        self,
        line: int,
        label: str,
        quantity: Decimal | None,
        amount: Decimal | None,
        since: Sums,
        *,
        whole: bool = True,
    ) -> Mismatch:
        part = self.sums.minus(since)
        several = (self.sums, part) if whole else (part,)
        if amount is not None and not any(each.match(None, amount) for each in several):
            sums = [value for each in several for value in (each.counted, each.written)]
            return Mismatch(line, label, "amount", amount, min(sums, key=lambda each: abs(each - amount)))
        said = quantity if quantity is not None else ZERO
        sums = [value for each in several for value in (each.quantity, each.counted_quantity)]
        return Mismatch(line, label, "quantity", said, min(sums, key=lambda each: abs(each - said)))
