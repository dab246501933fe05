"""Money: Decimal inside, `{"amount": "1234.50", "currency": "RUB"}` outside."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

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


class Money(BaseModel):
    """A sum in one currency (ISO 4217)."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    amount: Amount
    currency: str
