"""Categories, products, stock and pictures. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

MOST_LEVELS = 8
MOST_CATEGORIES = 1500  # so that the whole tree is one item, and one read


class Category(NamedTuple):
    """`parent` is the code of the category above, empty at the top."""

    code: str
    name: str
    name_ru: str
    parent: str = ""


Tree = Mapping[str, Category]  # by code


def plant(tree: Tree, offered: Sequence[Category]) -> tuple[dict[str, Category], dict[str, str]]:
    """The tree with all acceptable rows, and the fault of each refused row, by code.

    Rows may come in any order and name each other as parents. Faults: `unknown_parent`, `cycle`, `too_deep`, `too_many`. A refused row
    leaves its category unchanged; its children are then judged without it.
    """
    wanted = {each.code: each for each in offered}
    refused: dict[str, str] = {}
    while True:
        planted = {**tree, **wanted}
        found = _faults(planted, wanted)
        if not found and len(planted) > MOST_CATEGORIES:
            newest = [code for code in wanted if code not in tree]
            found = dict.fromkeys(newest[MOST_CATEGORIES - len(planted) :], "too_many")
        if not found:
            return planted, refused
        refused |= found
        for code in found:
            del wanted[code]


def _faults(planted: Tree, wanted: Mapping[str, Category]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in planted:
        chain, fault = _chain(planted, code)
        offered = [each for each in chain if each in wanted]
        if fault == "unknown_parent":
            found[chain[-1]] = fault
        elif fault == "cycle":
            found |= dict.fromkeys(offered, fault)
        elif fault == "too_deep":
            found[offered[0]] = fault
    return found


def _chain(planted: Tree, code: str) -> tuple[list[str], str]:
    """The codes from here to the top, and the fault on the way, or an empty text."""
    chain = [code]
    while parent := planted[chain[-1]].parent:
        if parent not in planted:
            return chain, "unknown_parent"
        if parent in chain:
            return chain[chain.index(parent) :], "cycle"
        chain.append(parent)
    return chain, "" if len(chain) <= MOST_LEVELS else "too_deep"


def subtree(tree: Tree, code: str) -> set[str]:
    """The codes of the category and of all below it. An unknown code stands for itself: products may name a category before it exists."""
    below = _children(tree.values())
    found, open_ = {code}, [code]
    while open_:
        for child in below.get(open_.pop(), []):
            found.add(child.code)
            open_.append(child.code)
    return found


def walk(tree: Tree) -> Iterator[tuple[Category, int]]:
    """Every category with its level (1 at the top), depth first, sisters by code."""
    below = _children(tree.values())
    open_ = [(each, 1) for each in reversed(below.get("", []))]
    while open_:
        category, level = open_.pop()
        yield category, level
        open_ += [(child, level + 1) for child in reversed(below.get(category.code, []))]


def _children(categories: Iterable[Category]) -> dict[str, list[Category]]:
    below: dict[str, list[Category]] = {}
    for each in sorted(categories):
        below.setdefault(each.parent, []).append(each)
    return below


# --- products ---------------------------------------------------------------------------------------------------------

ProductSort = Literal["sku", "name", "price"]


class ProductStatus(StrEnum):
    NORMAL = "normal"
    OVERSTOCK = "overstock"
    MODERNISED = "modernised"


AttributeKind = Literal["number", "text", "flag"]

# Attributes with a fixed kind of value. Names end with the unit.
KNOWN_ATTRIBUTES: Mapping[str, AttributeKind] = {
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
    """A property of a product: a number, a text or a flag."""

    name: str
    value: Decimal | str | bool

    @property
    def kind(self) -> AttributeKind:
        if isinstance(self.value, bool):
            return "flag"
        return "text" if isinstance(self.value, str) else "number"


class TypePrice(NamedTuple):
    """The price of one unit in a price type other than the base."""

    type: str
    amount: Decimal


class Traits(NamedTuple):
    """The brand and the category of an article; empty for one that is not in the catalogue."""

    brand: str = ""
    category: str = ""


class Product(NamedTuple):
    """An article of the catalogue. Prices are of one `unit`, VAT included; orders come in multiples of `pack_multiple`.

    Attributes and prices are in the order of their names. `successor` is the sku that follows a modernised model. `cost_price`: what a unit
    costs the club's owner, VAT included, in the same currency; None where it is not known. Only the staff sees it.
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
    status: ProductStatus = ProductStatus.NORMAL
    own_brand: bool = False
    successor: str = ""
    attributes: tuple[Attribute, ...] = ()
    prices: tuple[TypePrice, ...] = ()
    cost_price: Decimal | None = None

    def number(self, name: str) -> Decimal | None:
        """The value of a numeric attribute, or None."""
        found = next((each.value for each in self.attributes if each.name == name), None)
        return found if isinstance(found, Decimal) else None

    def price_of(self, type_: str) -> Decimal | None:
        """The price in the product's currency, or None."""
        return next((each.amount for each in self.prices if each.type == type_), None)


class RowChange(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def change(present: Product | Category | None, offered: Product | Category) -> RowChange:
    if present is None:
        return RowChange.CREATED
    return RowChange.UNCHANGED if present == offered else RowChange.UPDATED


# --- stock ------------------------------------------------------------------------------------------------------------

MOST_WAREHOUSES = 100  # of one product, so that its item stays small


class StockFigure(NamedTuple):
    """The counted quantity in a warehouse at a moment."""

    warehouse: str
    quantity: Decimal
    at: datetime


class StockVerdict(StrEnum):
    """The decision on an offered figure."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    OLDER = "older"
    CONTRADICTS = "contradicts"
    TOO_MANY = "too_many"


Stock = Mapping[str, StockFigure]  # by warehouse


def judge(stock: Stock, offered: StockFigure) -> StockVerdict:
    """The newest figure of a warehouse counts, in any order of arrival. Of two quantities for one moment the first stays."""
    present = stock.get(offered.warehouse)
    if present is None:
        return StockVerdict.RECORDED if len(stock) < MOST_WAREHOUSES else StockVerdict.TOO_MANY
    if offered.at > present.at:
        return StockVerdict.RECORDED
    if offered.at < present.at:
        return StockVerdict.OLDER
    return StockVerdict.UNCHANGED if offered.quantity == present.quantity else StockVerdict.CONTRADICTS


def arrived(before: Stock, after: Stock) -> bool:
    """True when stock went from none to some."""
    return total(before) <= 0 < total(after)


def total(stock: Stock) -> Decimal:
    """The quantity in all warehouses."""
    return sum((figure.quantity for figure in stock.values()), Decimal(0))


# --- pictures ---------------------------------------------------------------------------------------------------------


class Image(NamedTuple):
    """A picture of a product."""

    image_id: str
    content_type: str
