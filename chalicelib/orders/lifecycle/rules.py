"""Requests for cancellation and for returns: made by the company, answered by the distributor. Pure.

                request            the distributor approves     declines    ships the rest
    accepted        waiting        order cancelled              declined    lapsed
    partly_shipped  waiting        order completed, as shipped  declined    lapsed

A company requests returns by line of a shipment. The distributor accepts all units or fewer, under a document of its own, or rejects the
return. Open requests count as returned, so that all returns together never exceed the shipped units.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.orders.order.model import Cancellation, CancellationState, Return, ReturnedLine, ReturnState
from chalicelib.orders.order.rules import (
    Actor,
    DocumentRepeated,
    InvalidLines,
    LineFault,
    NothingLeft,
    Order,
    OrderState,
    OrderStep,
    TooOften,
    after,
    require,
)

# The largest order with all its requests must fit into an item.
MOST_REQUESTS = 3
MOST_RETURNS = 10
MOST_RETURNED_LINES = 200


class NoRequest(Exception):
    """There is no open request of this kind."""


class NoReturn(Exception):
    """The order has no such return."""


class TooEarly(Exception):
    """The return is dated before the shipment. `args`: the day of the shipment."""


class ReturnedUnits(NamedTuple):
    """Requested units of an article of a shipment."""

    document: str
    sku: str
    quantity: int


# --- cancellation -----------------------------------------------------------------------------------------------------


def request_cancellation(order: Order, *, reason: str, by: Actor, at: str) -> Order:
    require(order, "request_cancellation")
    if order.cancellation and order.cancellation.state is CancellationState.WAITING:
        raise NoRequest
    if sum(entry.step is OrderStep.CANCELLATION_REQUESTED for entry in order.history) >= MOST_REQUESTS:
        raise TooOften(f"The cancellation of an order is requested {MOST_REQUESTS} times at most.")
    asked = order._replace(cancellation=Cancellation(at, reason))
    return after(asked, OrderStep.CANCELLATION_REQUESTED, order.state, by, at, reason)


def approve_cancellation(order: Order, *, by: Actor, at: str, note: str = "") -> Order:
    """Cancels an order without shipments; completes any other with the shipped units."""
    answered = _answered(order, "approve_cancellation", CancellationState.APPROVED, at, note)
    if order.state is OrderState.ACCEPTED:
        return after(answered, OrderStep.CANCELLED, OrderState.CANCELLED, by, at, note)
    lines = tuple(line._replace(dropped=line.dropped + line.left) for line in answered.lines)
    return after(answered._replace(lines=lines), OrderStep.COMPLETED, OrderState.COMPLETED, by, at, note)


def decline_cancellation(order: Order, *, by: Actor, at: str, note: str = "") -> Order:
    answered = _answered(order, "decline_cancellation", CancellationState.DECLINED, at, note)
    return after(answered, OrderStep.CANCELLATION_DECLINED, order.state, by, at, note)


def _answered(order: Order, step: str, state: CancellationState, at: str, note: str) -> Order:
    require(order, step)
    if order.cancellation is None or order.cancellation.state is not CancellationState.WAITING:
        raise NoRequest
    return order._replace(cancellation=order.cancellation._replace(state=state, answered_at=at, note=note))


# --- returns ----------------------------------------------------------------------------------------------------------


def request_return(
    order: Order, return_id: str, asked: Sequence[ReturnedUnits], *, reason: str, by: Actor, at: str
) -> Order:
    """The new return is the last of the order's. Raises Unfit for more than was shipped and is not on its way back."""
    require(order, "request_return")
    shipped = {(shipment.document, line.sku): line for shipment in order.shipments for line in shipment.lines}
    taken = _returned_units(order)
    found = _repeated(asked)
    documents = {document for document, _ in shipped}
    for place, part in enumerate(asked):
        line = shipped.get(part[:2])
        if part.document not in documents:
            found.append(LineFault(place, "document", "unknown_document", "The order has no such shipment."))
        elif line is None:
            found.append(LineFault(place, "sku", "unknown_sku", "The shipment has no such line."))
        elif part.quantity > (left := line.quantity - taken[part[:2]]):
            found.append(LineFault(place, "quantity", "above_shipped", f"{left} of this shipment can go back."))
    if found:
        raise InvalidLines(found)
    before = _units_before(order)
    lines = tuple(
        ReturnedLine(
            part.document,
            part.sku,
            shipped[part[:2]].name,
            part.quantity,
            shipped[part[:2]].unit_price,
            before=before[part[:2]],
        )
        for part in asked
    )
    if (
        len(order.returns) >= MOST_RETURNS
        or len(lines) + sum(len(each.lines) for each in order.returns) > MOST_RETURNED_LINES
    ):
        raise TooOften(
            f"Of an order there are {MOST_RETURNS} returns at most, of {MOST_RETURNED_LINES} lines together."
        )
    asking = order._replace(returns=(*order.returns, Return(return_id, at, reason, lines)))
    return after(asking, OrderStep.RETURN_REQUESTED, order.state, by, at, reason)


def accept_return(
    order: Order, return_id: str, fewer: Sequence[ReturnedUnits], *, document: str, day: date, by: Actor, at: str
) -> Order:
    """Accepts the requested units, except for the named lines with fewer; 0 drops a line."""
    require(order, "accept_return")
    present = _waiting(order, return_id)
    if any(each.document == document for each in order.returns):
        raise DocumentRepeated
    shipped_on = {shipment.document: shipment.day for shipment in order.shipments}
    if day < (earliest := max(shipped_on[line.document] for line in present.lines)):
        raise TooEarly(earliest)
    found = _repeated(fewer)
    asked = {(line.document, line.sku): line.quantity for line in present.lines}
    for place, part in enumerate(fewer):
        if part[:2] not in asked:
            found.append(LineFault(place, "sku", "unknown_sku", "The return has no such line."))
        elif part.quantity > asked[part[:2]]:
            found.append(LineFault(place, "quantity", "above_asked", f"{asked[part[:2]]} were to go back."))
    if found:
        raise InvalidLines(found)
    asked |= {part[:2]: part.quantity for part in fewer}
    if not any(asked.values()):
        raise NothingLeft
    before = _units_before(order)
    lines = tuple(
        line._replace(accepted=asked[line.document, line.sku], before=before[line.document, line.sku])
        for line in present.lines
    )
    taken = present._replace(lines=lines, state=ReturnState.ACCEPTED, answered_at=at, document=document, day=day)
    return after(_with(order, taken), OrderStep.RETURNED, order.state, by, at, document)


def reject_return(order: Order, return_id: str, *, reason: str, by: Actor, at: str) -> Order:
    require(order, "reject_return")
    rejected = _waiting(order, return_id)._replace(state=ReturnState.REJECTED, answered_at=at, note=reason)
    return after(_with(order, rejected), OrderStep.RETURN_REJECTED, order.state, by, at, reason)


def _waiting(order: Order, return_id: str) -> Return:
    found = next((each for each in order.returns if each.return_id == return_id), None)
    if found is None:
        raise NoReturn
    if found.state is not ReturnState.REQUESTED:
        raise NoRequest
    return found


def _with(order: Order, answered: Return) -> Order:
    returns = tuple(answered if each.return_id == answered.return_id else each for each in order.returns)
    return order._replace(returns=returns)


def _returned_units(order: Order) -> Counter[tuple[str, str]]:
    """Returned and requested units by document and article."""
    taken: Counter[tuple[str, str]] = Counter()
    for each in order.returns:
        if each.state is not ReturnState.REJECTED:
            taken.update({(line.document, line.sku): line.counted for line in each.lines})
    return taken


def _units_before(order: Order) -> Counter[tuple[str, str]]:
    """By document and article the units of the order's line that came before those that go back next."""
    units = Counter({(each.document, line.sku): line.before for each in order.shipments for line in each.lines})
    for line in order.came_back:
        units[line.document, line.sku] += line.counted
    return units


def _repeated(asked: Sequence[ReturnedUnits]) -> list[LineFault]:
    first: dict[tuple[str, str], int] = {}
    found = []
    for place, part in enumerate(asked):
        before = first.setdefault(part[:2], place)
        if before != place:
            found.append(LineFault(place, "sku", "repeated", f"Line {before} is of the same goods: put them together."))
    return found
