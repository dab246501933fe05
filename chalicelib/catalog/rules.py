"""What a product is, and what becomes of a row that is offered for it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Product:
    """An article of the catalogue. Prices are of one `unit`, VAT included; orders come in multiples of `pack_multiple`."""

    sku: str
    name: str
    name_ru: str
    brand: str
    category: str
    unit: str
    pack_multiple: int
    base_price: Decimal
    currency: str
    vat_percent: Decimal
    status: Status = Status.NORMAL


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def change(present: Product | None, offered: Product) -> Change:
    if present is None:
        return Change.CREATED
    return Change.UNCHANGED if present == offered else Change.UPDATED
