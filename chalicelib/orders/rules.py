"""The life of an order, decided without looking anything up.

    placed ──accept──▶ accepted ──ship──▶ partly_shipped ──ship──▶ completed
      │                    └───────────────ship──────────────────────▲
      ├──reject──▶ rejected        (the last part completes)
      └──cancel──▶ cancelled

The company places and cancels; the distributor does the rest. Each step gives a new order, one version on, and leaves the old one as
it was. What cannot be done raises: `WrongState` for a step that the present state does not know, `Unfit` for wrong lines.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Literal, NamedTuple, Protocol

from chalicelib.pricing.rules import Price, Ruling

# So that the largest order, with all its parts, and the answer that is kept of it stay below what an item can hold.
MOST_PARTS = 50
MOST_PART_LINES = 400  # of all parts but the one that ships all that is left


class State(StrEnum):
    PLACED = "placed"
    ACCEPTED = "accepted"
    PARTLY_SHIPPED = "partly_shipped"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


STEPS: Mapping[str, frozenset[State]] = {
    "accept": frozenset({State.PLACED}),
    "reject": frozenset({State.PLACED}),
    "cancel": frozenset({State.PLACED}),
    "ship": frozenset({State.ACCEPTED, State.PARTLY_SHIPPED}),
}


class WrongState(Exception):
    """The step is not one that this state knows."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


class Misfit(NamedTuple):
    """What is wrong with a line that was asked for, by its place among them."""

    line: int
    field: Literal["sku", "quantity"]
    code: str
    detail: str


class Unfit(Exception):
    """The lines that were asked for cannot be."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__(*misfits)
        self.misfits = list(misfits)


class NothingLeft(Exception):
    """Accepting none of the lines is a rejection, and that wants a reason."""


class ToldBefore(Exception):
    """The order has a shipment with this document already."""


class TooManyParts(Exception):
    """The order came in so many parts that the next one must be all that is left."""


class Asked(NamedTuple):
    """A line as it is asked for: so many units of this article."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, on whose side."""

    side: Literal["company", "distributor"]
    member_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """So many units of an article at the price that held when the order was placed, with its explanation."""

    sku: str
    name: str
    name_ru: str
    unit: str
    quantity: int
    base_price: Decimal
    unit_price: Decimal
    vat_percent: Decimal
    chosen: Ruling
    rejected: tuple[Ruling, ...]
    accepted: int | None = None
    shipped: int = 0

    @property
    def agreed(self) -> int:
        """What both sides count on: as accepted, before that as ordered."""
        return self.quantity if self.accepted is None else self.accepted

    @property
    def left(self) -> int:
        return self.agreed - self.shipped

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.agreed


@dataclass(frozen=True, slots=True)
class ShippedLine:
    sku: str
    name: str
    quantity: int
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.quantity


class OnCredit(NamedTuple):
    """A shipment is paid later: by this day, if a deferral is agreed."""

    due_on: date | None


@dataclass(frozen=True, slots=True)
class Shipment:
    """A part that left the distributor: its document, the business date, when it was told, and whether it is paid later."""

    document: str
    day: date
    at: str
    lines: tuple[ShippedLine, ...]
    on_credit: OnCredit | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the order's history."""

    at: str
    state: State
    by: Actor
    note: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    order_id: str
    number: str
    company_id: str
    company_name: str
    company_inn: str
    distributor_id: str
    distributor_name: str
    placed_at: str
    currency: str
    comment: str
    state: State
    lines: tuple[Line, ...]
    history: tuple[Happened, ...]
    shipments: tuple[Shipment, ...] = ()
    version: int = 1

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def left(self) -> int:
        return sum(line.left for line in self.lines)


# --- placing ----------------------------------------------------------------------------------------------------------


class Orderable(Protocol):
    """What an order line takes from a product."""

    @property
    def name(self) -> str: ...

    @property
    def name_ru(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def pack_multiple(self) -> int: ...

    @property
    def vat_percent(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...


def misfits_of(asked: Sequence[Asked], products: Mapping[str, Orderable]) -> list[Misfit]:
    """Everything that is wrong with a cart, so that it can be mended in one go."""
    found = _repeated(asked)
    currency = next((products[line.sku].currency for line in asked if line.sku in products), "")
    for place, line in enumerate(asked):
        product = products.get(line.sku)
        if product is None:
            found.append(Misfit(place, "sku", "unknown_sku", "There is no such product."))
            continue
        if line.quantity % product.pack_multiple:
            detail = f"It is sold in multiples of {product.pack_multiple}."
            found.append(Misfit(place, "quantity", "pack_multiple", detail))
        if product.currency != currency:
            detail = f"It is sold in {product.currency}, the lines before it in {currency}: order it by itself."
            found.append(Misfit(place, "sku", "other_currency", detail))
    return found


def line_of(sku: str, product: Orderable, price: Price) -> Line:
    return Line(
        sku=sku,
        name=product.name,
        name_ru=product.name_ru,
        unit=product.unit,
        quantity=price.quantity,
        base_price=price.base_price,
        unit_price=price.unit_price,
        vat_percent=product.vat_percent,
        chosen=price.chosen,
        rejected=price.rejected,
    )


# Without I, L, O and U: what is left is not misread, and makes no words.
_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def order_number(day: date, order_id: str) -> str:
    """Short enough to read out: the day and five characters, `261120-7K3QX`. The id is what is unique."""
    digest = int.from_bytes(sha256(order_id.encode()).digest()[:4], "big")
    return f"{day:%y%m%d}-" + "".join(_READABLE[digest >> shift & 31] for shift in range(0, 25, 5))


# --- from then on -----------------------------------------------------------------------------------------------------


def accept(order: Order, asked: Sequence[Asked], *, by: Actor, at: str, note: str = "") -> Order:
    """As ordered, save for the lines named here, of which there will be fewer; 0 drops a line."""
    _require(order, "accept")
    _raise_misfits(
        order,
        asked,
        most=lambda line: line.quantity,
        code="above_order",
        detail="{most} were ordered; more than that is a new order.",
    )
    fewer = dict(asked)
    lines = tuple(replace(line, accepted=fewer.get(line.sku, line.quantity)) for line in order.lines)
    if not any(line.accepted for line in lines):
        raise NothingLeft
    return _step(replace(order, lines=lines), State.ACCEPTED, by, at, note)


def reject(order: Order, *, reason: str, by: Actor, at: str) -> Order:
    _require(order, "reject")
    return _step(order, State.REJECTED, by, at, reason)


def cancel(order: Order, *, by: Actor, at: str, note: str = "") -> Order:
    _require(order, "cancel")
    return _step(order, State.CANCELLED, by, at, note)


def ship(
    order: Order,
    asked: Sequence[Asked] | None,
    *,
    document: str,
    day: date,
    by: Actor,
    at: str,
    on_credit: OnCredit | None = None,
) -> Order:
    """A part, or all that is left. The shipment is the last of the order's."""
    _require(order, "ship")
    if any(shipment.document == document for shipment in order.shipments):
        raise ToldBefore
    if asked is None:
        asked = [Asked(line.sku, line.left) for line in order.lines if line.left]
    _raise_misfits(order, asked, most=lambda line: line.left, code="above_left", detail="{most} are left to ship.")
    parts = dict(asked)
    shipment = Shipment(
        document=document,
        day=day,
        at=at,
        lines=tuple(
            ShippedLine(line.sku, line.name, parts[line.sku], line.unit_price)
            for line in order.lines
            if line.sku in parts
        ),
        on_credit=on_credit,
    )
    lines = tuple(replace(line, shipped=line.shipped + parts.get(line.sku, 0)) for line in order.lines)
    shipped = replace(order, lines=lines, shipments=(*order.shipments, shipment))
    part_lines = sum(len(part.lines) for part in shipped.shipments)
    if shipped.left and (len(shipped.shipments) >= MOST_PARTS or part_lines > MOST_PART_LINES):
        raise TooManyParts
    return _step(shipped, State.PARTLY_SHIPPED if shipped.left else State.COMPLETED, by, at, document)


def _require(order: Order, step: str) -> None:
    if order.state not in STEPS[step]:
        raise WrongState(order.state)


def _step(order: Order, state: State, by: Actor, at: str, note: str) -> Order:
    history = (*order.history, Happened(at, state, by, note))
    return replace(order, state=state, history=history, version=order.version + 1)


def _raise_misfits(
    order: Order, asked: Sequence[Asked], *, most: Callable[[Line], int], code: str, detail: str
) -> None:
    """Lines of this order only, each once, and of none more than there is."""
    found = _repeated(asked)
    lines = {line.sku: line for line in order.lines}
    for place, part in enumerate(asked):
        line = lines.get(part.sku)
        if line is None:
            found.append(Misfit(place, "sku", "unknown_sku", "The order has no such line."))
        elif part.quantity > most(line):
            found.append(Misfit(place, "quantity", code, detail.format(most=most(line))))
    if found:
        raise Unfit(found)


def _repeated(asked: Sequence[Asked]) -> list[Misfit]:
    first: dict[str, int] = {}
    found = []
    for place, line in enumerate(asked):
        before = first.setdefault(line.sku, place)
        if before != place:
            found.append(Misfit(place, "sku", "repeated", f"Line {before} is of this product too: put them together."))
    return found
