"""Money: Decimal inside, `{"amount": "1234.50", "currency": "RUB"}` outside."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

CENT = Decimal("0.01")
_FINE = Decimal("0.0001")
_CHEAP = Decimal(10)  # a unit below this has a price in ten-thousandths


def round_half_up(amount: Decimal) -> Decimal:
    """To hundredths, halves away from zero: the one rounding of the club. Called where a figure becomes money."""
    return amount.quantize(CENT, ROUND_HALF_UP) + 0  # nothing is nothing: no -0.00


def unit_price_of(exact: Decimal) -> Decimal:
    """The price of one unit: to hundredths, below 10 to ten-thousandths. The one rounding of unit prices.

    A hundredth is a large part of a cheap unit, and a line has thousands of them: 11 % off 10,000 × 0.04 is 356.00, not 400.00.
    """
    return exact.quantize(_FINE, ROUND_HALF_UP) + 0 if abs(exact) < _CHEAP else round_half_up(exact)


def line_sum(unit_price: Decimal, quantity: int, before: int = 0) -> Decimal:
    """The sum of so many units of a line after `before` of them, as a difference of sums from the first unit on, each rounded once.

    So the sums of all parts of a line, in whatever parts it is shipped or returned, add up to the sum of the line.
    """
    whole = round_half_up(unit_price * (before + quantity))
    return whole - round_half_up(unit_price * before) if before else whole


def unit_price_text(unit_price: Decimal, thousands: Literal["", ","] = "") -> str:
    """With two to four decimals: `114.00`, `0.0356`."""
    text = f"{unit_price:{thousands}.4f}"
    return text[:-2] + text[-2:].rstrip("0")


def money_text(amount: Decimal) -> str:
    """The amount as it is shown: `1234.50`."""
    return str(round_half_up(amount))  # hundredths have no exponent


Amount = Annotated[
    Decimal,
    PlainSerializer(money_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["1234.50"]}),
]


def totals_of(sums: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """The total of each currency, by its name: of sums that may be in several. `sums`: the currency and the amount of each."""
    found: dict[str, Decimal] = {}
    for currency, amount in sums:
        found[currency] = found.get(currency, Decimal(0)) + amount
    return dict(sorted(found.items()))


class MixedCurrencies(ValueError):
    """Sums in two currencies, which cannot be added or compared."""


class Money(BaseModel):
    """A sum in one currency (ISO 4217). Sums in two currencies are neither added nor compared: `MixedCurrencies`."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    amount: Amount
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Self:
        return cls(amount=amount, currency=currency)

    @classmethod
    def total(cls, currency: str, sums: Iterable[Self]) -> Self:
        amount = Decimal(0)
        for each in sums:
            same_currency(currency, each.currency)
            amount += each.amount
        return cls.of(amount, currency)

    def __add__(self, other: Self) -> Self:
        return self.of(self.amount + self._same(other), self.currency)

    def __neg__(self) -> Self:
        return self.of(-self.amount, self.currency)

    def __sub__(self, other: Self) -> Self:
        return self.of(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Self) -> bool:
        return self.amount >= self._same(other)

    def _same(self, other: Self) -> Decimal:
        same_currency(self.currency, other.currency)
        return other.amount


def same_currency(own: str, other: str) -> None:
    """Raises `MixedCurrencies` for two currencies. Called before a fact enters a collection of bare sums in one currency."""
    if own != other:
        raise MixedCurrencies(f"{own} and {other}")


class UnitPrice(Money):
    """The price of one unit, with two to four decimals."""

    amount: Annotated[
        Decimal,
        PlainSerializer(unit_price_text, return_type=str),
        WithJsonSchema({"type": "string", "pattern": r"^\d+\.\d{2,4}$", "examples": ["114.00"]}),
    ]
