"""The totals of a file against its rows. Pure.

A row of totals must be the sum of all rows, or of the rows since the last such row or since the beginning of its own group. What is not is
refused with its line.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from chalicelib.exchange.reading.rows import CENT, ZERO

_TOLERANCE = Decimal("0.005")


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


@dataclass(slots=True)
class Totals:
    """Running sums of a file and the points from which a row of totals may count."""

    sums: Sums = field(default_factory=Sums)
    checked: int = 0
    last: OwnTotal | None = None
    _points: list[Sums] = field(default_factory=lambda: [Sums()])
    _document: Sums = field(default_factory=Sums)
    _customer: Sums = field(default_factory=Sums)
    _groups: tuple[Any, Any] = (None, None)

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
        rounded = counted if counted.as_tuple().exponent >= -2 else counted.quantize(CENT, ROUND_HALF_UP)  # type: ignore[operator]
        self.sums = Sums(
            before.quantity + quantity,
            before.written + written,
            before.counted + counted,
            before.rounded + rounded,
            before.counted_quantity + counted_quantity,
        )

    def check(
        self, line: int, label: str, group: str, quantity: Decimal | None, amount: Decimal | None
    ) -> Mismatch | None:
        """None where the row is the sum of rows above; else what it is not. `group`: the group that it names."""
        whole = self.sums.match(quantity, amount)
        self.last = OwnTotal(line, quantity, amount, whole)
        if whole:
            self.checked += 1
            self._points = [Sums(), self.sums]
            return None
        points = [self._document, self._customer] if group else []
        for place in range(len(self._points) - 1, -1, -1):
            if self.sums.minus(self._points[place]).match(quantity, amount) and self.sums != self._points[place]:
                del self._points[place + 1 :]
                self._points.append(self.sums)
                self.checked += 1
                return None
        for point in points:
            if self.sums.minus(point).match(quantity, amount):
                self.checked += 1
                self._points.append(self.sums)
                return None
        return self._mismatch(line, label, quantity, amount, self._document if group else self._points[-1])

    def _mismatch(
        self, line: int, label: str, quantity: Decimal | None, amount: Decimal | None, since: Sums
    ) -> Mismatch:
        whole, part = self.sums, self.sums.minus(since)
        if amount is not None and not whole.match(None, amount):
            nearest = min((whole.counted, whole.written, part.counted), key=lambda each: abs(each - amount))
            return Mismatch(line, label, "amount", amount, nearest)
        said = quantity if quantity is not None else ZERO
        nearest = min((whole.quantity, whole.counted_quantity, part.quantity), key=lambda each: abs(each - said))
        return Mismatch(line, label, "quantity", said, nearest)
