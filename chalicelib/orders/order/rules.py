"""The life of an order. Pure.

    in                        does              and the order is
    -                         company, staff    place     placed
    placed, changed           distributor       accept    accepted; changed, where a line would grow
                              distributor       reject    rejected
                              company, staff    cancel    cancelled
    changed                   company           confirm   accepted
                              company           decline   cancelled
    accepted, partly_shipped  distributor       ship      partly_shipped; completed, by the last part

Requests for cancellation and returns are in `lifecycle/rules.py`.

Each step returns a new order with the next version. It raises `WrongState` in a state without this step, `InvalidLines` for faults of its
lines, `TooOften` beyond the most repetitions of a step.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal, NamedTuple, Protocol

from chalicelib.orders.order.model import (
    Available,
    Cancellation,
    CancellationState,
    Delivery,
    Return,
    ReturnedLine,
    ReturnState,
)
from chalicelib.platform import code_key, line_sum
from chalicelib.pricing import FreeGoodsPromise, Limits, Price, Ruling

MOST_UNITS = 1_000_000  # of one line

# The largest order with all its parts, and the stored reply of a request, must fit into an item.
MOST_PARTS = 50
MOST_PART_LINES = 400  # of all parts but the last one
MOST_PROPOSALS = 5


class OrderState(StrEnum):
    """`changed`: the company answers it. `completed`: nothing is left to ship."""

    PLACED = "placed"
    CHANGED = "changed"
    ACCEPTED = "accepted"
    PARTLY_SHIPPED = "partly_shipped"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class OrderStep(StrEnum):
    """A step in the history of an order. Its event is `order.{step}`.

    `completed`, and `cancelled` of an accepted order, are answers to a request for cancellation. The part that completes an order is
    `shipped` like any other part.
    """

    PLACED = "placed"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    SHIPPED = "shipped"
    CANCELLATION_REQUESTED = "cancellation_requested"
    CANCELLATION_DECLINED = "cancellation_declined"
    COMPLETED = "completed"
    RETURN_REQUESTED = "return_requested"
    RETURNED = "returned"
    RETURN_REJECTED = "return_rejected"


_UNANSWERED = frozenset({OrderState.PLACED, OrderState.CHANGED})
_UNDER_WAY = frozenset({OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED})

STEPS: Mapping[str, frozenset[OrderState]] = {
    "accept": _UNANSWERED,
    "reject": _UNANSWERED,
    "cancel": _UNANSWERED,
    "confirm": frozenset({OrderState.CHANGED}),
    "decline": frozenset({OrderState.CHANGED}),
    "ship": _UNDER_WAY,
    "request_cancellation": _UNDER_WAY,
    "approve_cancellation": _UNDER_WAY,
    "decline_cancellation": _UNDER_WAY,
    "request_return": frozenset({OrderState.PARTLY_SHIPPED, OrderState.COMPLETED}),
    "accept_return": frozenset({OrderState.PARTLY_SHIPPED, OrderState.COMPLETED}),
    "reject_return": frozenset({OrderState.PARTLY_SHIPPED, OrderState.COMPLETED}),
}


class WrongState(Exception):
    """The order's state does not allow the step. `fit`: the states that do."""

    def __init__(self, state: OrderState, fit: Sequence[OrderState]) -> None:
        super().__init__(state)
        self.state = state
        self.fit = fit


class LineFault(NamedTuple):
    """A fault of a requested line, by the place of the line."""

    line: int
    field: Literal["document", "sku", "quantity"]
    code: str
    detail: str


class InvalidLines(Exception):
    """The requested lines have faults."""

    def __init__(self, line_faults: Sequence[LineFault]) -> None:
        super().__init__(*line_faults)
        self.line_faults = list(line_faults)


class NothingLeft(Exception):
    """No line is left to accept. A rejection would need a reason."""


class DocumentRepeated(Exception):
    """Another shipment or return of the order has the same document."""


class TooOften(Exception):
    """A further step would make the order too large for an item. The message is for the caller."""


class TooManyParts(Exception):
    """The next shipment must ship the rest of the order."""


class RequestedLine(NamedTuple):
    """A requested line: units of an article."""

    sku: str
    quantity: int


Side = Literal["company", "distributor", "staff"]


class Actor(NamedTuple):
    """The person who takes a step, and their side. `staff`: the club, for the company."""

    side: Side
    member_id: str


class PromotedPrice(NamedTuple):
    """A promotion with limits that makes a line's price. `cost`: the discount on a unit against the price without it."""

    promotion_id: str
    cost: Decimal
    limits: Limits


class ProposedPrice(NamedTuple):
    """The lower price of a proposed quantity, with its explanation."""

    unit_price: Decimal
    chosen: Ruling
    rejected: tuple[Ruling, ...]
    promoted: PromotedPrice | None = None


class Line(NamedTuple):
    """A line at the price of the order's day, with the explanation of the price.

    `proposed`: units that wait for the company's confirmation; `proposed_price`: None where their price stays; `dropped`: accepted units that
    a cancellation took away; `available`: stock when the order was placed, where stock is a hint; `cost_price`: of a unit when the order was
    placed, None where it was not known. Neither the company nor the distributor ever sees it.
    """

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
    proposed: int | None = None
    dropped: int = 0
    promoted: PromotedPrice | None = None
    available: Available | None = None
    proposed_price: ProposedPrice | None = None
    cost_price: Decimal | None = None

    @property
    def proposed_unit_price(self) -> Decimal:
        return self.proposed_price.unit_price if self.proposed_price else self.unit_price

    @property
    def agreed(self) -> int:
        """The accepted units less the dropped ones; before the acceptance, the ordered ones."""
        return (self.quantity if self.accepted is None else self.accepted) - self.dropped

    @property
    def left(self) -> int:
        return self.agreed - self.shipped

    @property
    def amount(self) -> Decimal:
        return line_sum(self.unit_price, self.agreed)


class ShippedLine(NamedTuple):
    """Units of a line in a shipment. `before`: the units that earlier shipments brought."""

    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    before: int = 0

    @property
    def amount(self) -> Decimal:
        return line_sum(self.unit_price, self.quantity, self.before)


class OnCredit(NamedTuple):
    """Terms of a shipment on credit. `due_on`: None without an agreed deferral."""

    due_on: date | None


class Shipment(NamedTuple):
    """A shipped part of an order. `day`: business date of the document; `at`: moment of the record.

    `carrier`, `tracking_number`: those that the distributor named.
    """

    document: str
    day: date
    at: str
    lines: tuple[ShippedLine, ...]
    on_credit: OnCredit | None = None
    carrier: str = ""
    tracking_number: str = ""

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


class HistoryEntry(NamedTuple):
    """A step in the order's history, with the state after it."""

    at: str
    step: OrderStep
    state: OrderState
    by: Actor
    note: str = ""


class Order(NamedTuple):
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
    state: OrderState
    lines: tuple[Line, ...]
    history: tuple[HistoryEntry, ...]
    shipments: tuple[Shipment, ...] = ()
    cancellation: Cancellation | None = None
    returns: tuple[Return, ...] = ()
    reserves: bool = False
    other_currency: bool = False  # than the company's: such an order does not count for its credit
    promises: tuple[FreeGoodsPromise, ...] = ()
    buyer_order_number: str = ""
    delivery: Delivery | None = None
    offers_of: str = ""  # the company whose offers it used; empty: its own
    version: int = 1

    @property
    def placed_by(self) -> Actor:
        return self.history[0].by

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def proposed_total(self) -> Decimal | None:
        """Total of the proposed quantities; None unless the order is changed."""
        if self.state is not OrderState.CHANGED:
            return None
        return sum((line_sum(line.proposed_unit_price, line.proposed or 0) for line in self.lines), Decimal(0))

    @property
    def came_back(self) -> Sequence[ReturnedLine]:
        """Lines of the accepted returns."""
        return [line for each in self.returns if each.state is ReturnState.ACCEPTED for line in each.lines]

    @property
    def net(self) -> Decimal:
        """Total less the accepted returns."""
        return self.total - sum((line.amount for line in self.came_back), Decimal(0))

    @property
    def left(self) -> int:
        return sum(line.left for line in self.lines)


# --- placing ----------------------------------------------------------------------------------------------------------


class Orderable(Protocol):
    """The fields of a product that an order line copies."""

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

    @property
    def cost_price(self) -> Decimal | None: ...


def line_faults_of(asked: Sequence[RequestedLine], products: Mapping[str, Orderable]) -> list[LineFault]:
    """All faults of a cart at once."""
    found = _repeated(asked)
    currency = next((products[line.sku].currency for line in asked if line.sku in products), "")
    for place, line in enumerate(asked):
        product = products.get(line.sku)
        if product is None:
            found.append(LineFault(place, "sku", "unknown_sku", "There is no such product."))
            continue
        if line.quantity % product.pack_multiple:
            detail = f"It is sold in multiples of {product.pack_multiple}."
            found.append(LineFault(place, "quantity", "pack_multiple", detail))
        if product.currency != currency:
            detail = f"It is sold in {product.currency}, the lines before it in {currency}: order it by itself."
            found.append(LineFault(place, "sku", "other_currency", detail))
    return found


def line_of(
    sku: str,
    product: Orderable,
    price: Price,
    *,
    promoted: PromotedPrice | None = None,
    available: Available | None = None,
) -> Line:
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
        promoted=promoted,
        available=available,
        cost_price=product.cost_price,
    )


# Without I, L, O and U: the rest is not misread and makes no words.
_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def order_number(day: date, order_id: str) -> str:
    """The day and five characters of the id's hash, as `261120-7K3QX`. Two orders may share a number."""
    digest = int.from_bytes(sha256(order_id.encode()).digest()[:4], "big")
    return f"{day:%y%m%d}-" + "".join(_READABLE[digest >> shift & 31] for shift in range(0, 25, 5))


def numbers_of(order: Order) -> frozenset[str]:
    """The club's number, its part after the day, and the company's own number of the order, as a search compares them."""
    said_aloud = order.number.rpartition("-")[2]
    return frozenset(code_key(each) for each in (order.number, said_aloud, order.buyer_order_number) if each)


# --- further steps ----------------------------------------------------------------------------------------------------


def accept(order: Order, asked: Sequence[RequestedLine], *, by: Actor, at: str, note: str = "") -> Order:
    """Accepts the ordered quantities, except for the named lines; 0 drops a line.

    If any line would grow, the order is changed and waits for the company: nothing holds until then.
    """
    require(order, "accept")
    _raise_misfits(order, asked)
    named = dict(asked)
    quantities = [named.get(line.sku, line.quantity) for line in order.lines]
    if not any(quantities):
        raise NothingLeft
    both = list(zip(order.lines, quantities, strict=True))
    if all(quantity <= line.quantity for line, quantity in both):
        lines = tuple(line._replace(accepted=quantity, proposed=None, proposed_price=None) for line, quantity in both)
        return after(order._replace(lines=lines), OrderStep.ACCEPTED, OrderState.ACCEPTED, by, at, note)
    if sum(entry.step is OrderStep.CHANGED for entry in order.history) >= MOST_PROPOSALS:
        raise TooOften(
            f"An order is changed {MOST_PROPOSALS} times at most: accept no more of any line than was ordered, or reject it."
        )
    lines = tuple(line._replace(proposed=quantity, proposed_price=None) for line, quantity in both)
    return after(order._replace(lines=lines), OrderStep.CHANGED, OrderState.CHANGED, by, at, note)


def at_lower_prices(order: Order, prices: Mapping[str, ProposedPrice]) -> Order:
    """The changed order with those prices of its proposed quantities, by article, that are lower than its own.

    A line that free goods are promised for keeps its price: one promotion gives for it.
    """
    promised = {place for promise in order.promises for place in promise.lines}
    lines = tuple(
        line._replace(proposed_price=price)
        if place not in promised and (price := prices.get(line.sku)) and price.unit_price < line.unit_price
        else line
        for place, line in enumerate(order.lines)
    )
    return order._replace(lines=lines)


def confirm(order: Order, *, by: Actor, at: str, note: str = "") -> Order:
    """Accepts the proposed quantities, at the prices of the order or lower proposed ones."""
    require(order, "confirm")
    lines = tuple(
        line._replace(
            **(line.proposed_price._asdict() if line.proposed_price else {}),
            accepted=line.proposed or 0,
            proposed=None,
            proposed_price=None,
        )
        for line in order.lines
    )
    return after(order._replace(lines=lines), OrderStep.CONFIRMED, OrderState.ACCEPTED, by, at, note)


def reject(order: Order, *, reason: str, by: Actor, at: str) -> Order:
    require(order, "reject")
    return after(_without_proposal(order), OrderStep.REJECTED, OrderState.REJECTED, by, at, reason)


def cancel(order: Order, *, by: Actor, at: str, note: str = "") -> Order:
    require(order, "cancel")
    return after(_without_proposal(order), OrderStep.CANCELLED, OrderState.CANCELLED, by, at, note)


def decline(order: Order, *, by: Actor, at: str, note: str = "") -> Order:
    """Declines the proposal, which cancels the order."""
    require(order, "decline")
    return cancel(order, by=by, at=at, note=note)


def _without_proposal(order: Order) -> Order:
    return order._replace(lines=tuple(line._replace(proposed=None, proposed_price=None) for line in order.lines))


def ship(
    order: Order,
    asked: Sequence[RequestedLine] | None,
    *,
    document: str,
    day: date,
    by: Actor,
    at: str,
    on_credit: OnCredit | None = None,
    carrier: str = "",
    tracking_number: str = "",
) -> Order:
    """Ships the named lines, or the rest of the order. The new shipment is the last of the order's.

    A request for cancellation does not stop a shipment, and lapses when nothing is left.
    """
    require(order, "ship")
    if any(shipment.document == document for shipment in order.shipments):
        raise DocumentRepeated
    if asked is None:
        asked = [RequestedLine(line.sku, line.left) for line in order.lines if line.left]
    _raise_misfits(order, asked, most=lambda line: line.left)
    parts = dict(asked)
    shipment = Shipment(
        document=document,
        day=day,
        at=at,
        lines=tuple(
            ShippedLine(line.sku, line.name, parts[line.sku], line.unit_price, line.shipped)
            for line in order.lines
            if line.sku in parts
        ),
        on_credit=on_credit,
        carrier=carrier,
        tracking_number=tracking_number,
    )
    lines = tuple(line._replace(shipped=line.shipped + parts.get(line.sku, 0)) for line in order.lines)
    shipped = order._replace(lines=lines, shipments=(*order.shipments, shipment))
    part_lines = sum(len(part.lines) for part in shipped.shipments)
    if shipped.left and (len(shipped.shipments) >= MOST_PARTS or part_lines > MOST_PART_LINES):
        raise TooManyParts
    if shipped.left:
        return after(shipped, OrderStep.SHIPPED, OrderState.PARTLY_SHIPPED, by, at, document)
    if shipped.cancellation and shipped.cancellation.state is CancellationState.WAITING:
        shipped = shipped._replace(cancellation=shipped.cancellation._replace(state=CancellationState.LAPSED))
    return after(shipped, OrderStep.SHIPPED, OrderState.COMPLETED, by, at, document)


def track(order: Order, document: str, given: Mapping[str, Any]) -> Order:
    """The order with these values of `carrier` and `tracking_number` for its shipment; the same order if the shipment has them already.

    In any state, and not a step: the history says what became of the goods, and corrections would let it grow without end.
    """
    shipments = tuple(each._replace(**given) if each.document == document else each for each in order.shipments)
    return order if shipments == order.shipments else order._replace(shipments=shipments, version=order.version + 1)


def require(order: Order, step: str) -> None:
    if order.state not in STEPS[step]:
        raise WrongState(order.state, [state for state in OrderState if state in STEPS[step]])


def after(order: Order, step: OrderStep, state: OrderState, by: Actor, at: str, note: str) -> Order:
    """The order in its new state, with the next version and one more line of history.

    The line is no earlier than the one before it, whatever the clocks of two functions say: readers sort by it.
    """
    at = max(at, order.history[-1].at) if order.history else at
    history = (*order.history, HistoryEntry(at, step, state, by, note))
    return order._replace(state=state, history=history, version=order.version + 1)


def _raise_misfits(order: Order, asked: Sequence[RequestedLine], *, most: Callable[[Line], int] | None = None) -> None:
    """Raises `InvalidLines` for foreign and repeated lines, and for more units than `most`."""
    found = _repeated(asked)
    lines = {line.sku: line for line in order.lines}
    for place, part in enumerate(asked):
        line = lines.get(part.sku)
        if line is None:
            found.append(LineFault(place, "sku", "unknown_sku", "The order has no such line."))
        elif most and part.quantity > most(line):
            found.append(LineFault(place, "quantity", "above_left", f"{most(line)} are left to ship."))
    if found:
        raise InvalidLines(found)


def _repeated(asked: Sequence[RequestedLine]) -> list[LineFault]:
    first: dict[str, int] = {}
    found = []
    for place, line in enumerate(asked):
        before = first.setdefault(line.sku, place)
        if before != place:
            found.append(
                LineFault(place, "sku", "repeated", f"Line {before} is of this product too: put them together.")
            )
    return found
