"""Money: Decimal inside, `{"amount": "1234.50", "currency": "RUB"}` outside."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

CENT = Decimal("0.01")


def round_half_up(amount: Decimal) -> Decimal:
    """To hundredths, halves away from zero: the one rounding of the club. Called where a figure becomes money."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) + 0  # nothing is nothing: no -0.00


def money_text(amount: Decimal) -> str:
    """The amount as it is shown: `1234.50`."""
    return f"{round_half_up(amount):f}"


Amount = Annotated[
    Decimal,
    PlainSerializer(money_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["1234.50"]}),
]


class MixedCurrencies(ValueError):
    """Sums in two currencies, which cannot be added or compared."""


class Money(BaseModel):
    """A sum in one currency (ISO 4217). Sums in two currencies are neither added nor compared: `MixedCurrencies`."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    amount: Amount
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Self:
        """Of figures of the club's own, which need no check."""
        return cls.model_construct(amount=amount, currency=currency)

    @classmethod
    def total(cls, currency: str, sums: Iterable[Self]) -> Self:
        return sum(sums, cls.of(Decimal(0), currency))

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
    """Raises `MixedCurrencies` for two currencies. Where a fact enters a collection of bare sums in one currency, this is asked first."""
    if own != other:
        raise MixedCurrencies(f"{own} and {other}")
