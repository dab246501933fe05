"""What a product is, what stock says, and what becomes of a row that is offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple


class Status(StrEnum):
    NORMAL = "normal"
    OVERSTOCK = "overstock"
    MODERNISED = "modernised"


Kind = Literal["number", "text", "flag"]

# Attributes whose meaning the club knows: a row that gives them another kind of value is wrong. Names end with the unit.
KNOWN_ATTRIBUTES: Mapping[str, Kind] = {
    "luminous_flux_lm": "number",
    "power_w": "number",
    "luminous_efficacy_lm_w": "number",
    "colour_temperature_k": "number",
    "colour_rendering_ra": "number",
    "beam_angle_deg": "number",
    "ugr": "number",
    "length_mm": "number",
    "width_mm": "number",
    "height_mm": "number",
    "weight_kg": "number",
    "lifetime_h": "number",
    "warranty_months": "number",
    "ip_rating": "text",
    "ik_rating": "text",
    "lamp_base": "text",
    "dimmable": "flag",
    "emergency_unit": "flag",
}


class Attribute(NamedTuple):
    """Something that is said of a product: a number, a text, or yes and no."""

    name: str
    value: Decimal | str | bool

    @property
    def kind(self) -> Kind:
        if isinstance(self.value, bool):
            return "flag"
        return "text" if isinstance(self.value, str) else "number"


class TypePrice(NamedTuple):
    """The price of one unit in a price type other than the base, e.g. in one that is named like a tier."""

    type: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """An article of the catalogue. Prices are of one `unit`, VAT included; orders come in multiples of `pack_multiple`.

    Attributes and prices are in the order of their names. `successor` is the sku that follows a modernised model.
    """

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
    own_brand: bool = False
    successor: str = ""
    attributes: tuple[Attribute, ...] = ()
    prices: tuple[TypePrice, ...] = ()

    def number(self, name: str) -> Decimal | None:
        """The value of this attribute, if it has one that is a number."""
        found = next((each.value for each in self.attributes if each.name == name), None)
        return found if isinstance(found, Decimal) else None

    def price_of(self, type_: str) -> Decimal | None:
        """In the product's currency; None for a price type that it does not have."""
        return next((each.amount for each in self.prices if each.type == type_), None)


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def change(present: Product | None, offered: Product) -> Change:
    if present is None:
        return Change.CREATED
    return Change.UNCHANGED if present == offered else Change.UPDATED


# --- stock ------------------------------------------------------------------------------------------------------------

MOST_WAREHOUSES = 100  # of one product, so that its item stays small


class Figure(NamedTuple):
    """So many units lay in this warehouse at this moment."""

    warehouse: str
    quantity: Decimal
    at: datetime


class Verdict(StrEnum):
    """What becomes of an offered figure."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    OLDER = "older"
    CONTRADICTS = "contradicts"
    TOO_MANY = "too_many"


Stock = Mapping[str, Figure]  # by warehouse


def judge(stock: Stock, offered: Figure) -> Verdict:
    """The newest figure of a warehouse holds, in whatever order they come. Two figures of one moment contradict each other: the first
    stays, since nothing says which is right.
    """
    present = stock.get(offered.warehouse)
    if present is None:
        return Verdict.RECORDED if len(stock) < MOST_WAREHOUSES else Verdict.TOO_MANY
    if offered.at > present.at:
        return Verdict.RECORDED
    if offered.at < present.at:
        return Verdict.OLDER
    return Verdict.UNCHANGED if offered.quantity == present.quantity else Verdict.CONTRADICTS


def arrived(before: Stock, after: Stock) -> bool:
    """There is some where there was none."""
    return total(before) <= 0 < total(after)


def total(stock: Stock) -> Decimal:
    """Of all warehouses together."""
    return sum((figure.quantity for figure in stock.values()), Decimal(0))


# --- pictures ---------------------------------------------------------------------------------------------------------


class Image(NamedTuple):
    """A picture that has arrived."""

    image_id: str
    content_type: str
