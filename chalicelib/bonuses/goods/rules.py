"""Entitlements to goods, choices and their shipments. Pure: no clock, no table.

An entitlement is owed until it is shipped, handed over, expired or reversed:

    amount = left + reserved + shipped + expired + reversed,   owed = left + reserved

            choose                ship                    ship the last part
    left ──────────▶ reserved ──────────▶ partly_shipped ──────────────────▶ shipped
      ▲                 │ cancel              │ cancel (staff)  ◀────────────── a shipment is reversed
      └─────────────────┴─────────────────────┘  the rest is given back, and expires at once if its day has passed

Reserved goods do not expire. A gift is not chosen: it is handed over whole, and does not expire. Each step returns a new value, one
version on, or raises StepRefused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from chalicelib.bonuses.volume.rules import Kind
from chalicelib.platform import round_half_up

ZERO = Decimal(0)
DAY = timedelta(days=1)
MOST_LINES = 50  # of one choice
MOST_SHIPMENTS = 50  # of one choice


class LineFault(NamedTuple):
    """The fault of a line; `pointer` into the request."""

    pointer: str
    code: str
    detail: str


class StepRefused(Exception):
    """The state of the entitlement or the choice does not allow the step; `code` is one of the API's problems."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        faults: Sequence[LineFault] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.faults, self.extra = code, detail, faults, extra


class ChoiceState(StrEnum):
    RESERVED = "reserved"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class RequestedLine(NamedTuple):
    """An article and its number of units."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class FrozenPrice:
    """An article of a frozen price list; the price is per unit, VAT included."""

    sku: str
    name: str
    name_ru: str
    brand: str
    category: str
    unit: str
    pack_multiple: int
    base_price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    sku: str
    name: str
    name_ru: str
    unit: str
    quantity: int
    unit_price: Decimal
    shipped: int = 0

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.quantity

    @property
    def left(self) -> int:
        return self.quantity - self.shipped


class ChoiceEvent(NamedTuple):
    """A step of a choice: moment, resulting state, member and note."""

    at: str
    state: ChoiceState
    member_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """The shipment of one document, by article. `reversed_reason`: None unless it was reversed."""

    shipment_id: str
    document: str
    day: date
    at: str
    parts: Mapping[str, int]
    amount: Decimal
    posting_id: str
    reversed_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Goods that a company chose for an entitlement, at the prices of its list."""

    choice_id: str
    entitlement_id: str
    company_id: str
    currency: str
    at: str
    state: ChoiceState
    lines: tuple[ChoiceLine, ...]
    history: tuple[ChoiceEvent, ...]
    shipments: tuple[Shipment, ...] = ()
    version: int = 1

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def waiting(self) -> Decimal:
        """Amount that is reserved and not shipped."""
        if self.state is ChoiceState.CANCELLED:
            return ZERO
        return sum((line.unit_price * line.left for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """An amount owed in goods, or as a gift.

    `programme`, `first`, `last`: the period in which it was earned; `posting_id`: of its close. `expires_on`: the last day to choose.
    `announced`, `warned`: letters that were requested. `handed_over`: the posting by which a gift was handed over.
    """

    entitlement_id: str
    company_id: str
    currency: str
    kind: Kind
    amount: Decimal
    programme: str
    first: date
    last: date
    part: int
    parts: int
    available_from: date
    expires_on: date | None
    notice_days: int
    price_list: str
    posting_id: str
    reserved: Decimal = ZERO
    shipped: Decimal = ZERO
    expired: Decimal = ZERO
    reversed: Decimal = ZERO
    announced: bool = False
    warned: bool = False
    handed_over: str = ""
    version: int = 1

    @property
    def owed(self) -> Decimal:
        return self.amount - self.shipped - self.expired - self.reversed

    @property
    def left(self) -> Decimal:
        return self.owed - self.reserved

    def is_past(self, day: date) -> bool:
        return self.expires_on is not None and day > self.expires_on

    def state(self, day: date) -> str:
        """waiting before `available_from`; open while something is owed; then settled, expired or reversed."""
        if self.owed:
            return "open" if day >= self.available_from else "waiting"
        if self.shipped:
            return "settled"
        return "expired" if self.expired else "reversed"

    @property
    def due(self) -> date | None:
        """The next day of an announcement, a warning or an expiry."""
        if not self.left:
            return None
        if not self.announced:
            return self.available_from
        if self.expires_on is None:
            return None
        return self.expires_on + DAY if self.warned else max(self.available_from, self.warn_on)

    @property
    def warn_on(self) -> date:
        if self.expires_on is None:
            raise ValueError("a gift does not expire")
        return self.expires_on - self.notice_days * DAY


class ChoiceStep(NamedTuple):
    """The entitlement and the choice after a step; `shipped` and `expired`: amounts that left the owed amount."""

    entitlement: Entitlement
    choice: Choice
    shipped: Decimal = ZERO
    expired: Decimal = ZERO


# --- choosing ---------------------------------------------------------------------------------------------------------


def choose(
    entitlement: Entitlement,
    requested: Sequence[RequestedLine],
    prices: Mapping[str, FrozenPrice],
    *,
    choice_id: str,
    member_id: str,
    note: str,
    at: str,
    day: date,
) -> ChoiceStep:
    """Reserves goods at the frozen prices.

    Raises 409 unless the entitlement is open for choosing, 422 for invalid lines, `above_left` for more than is left.
    """
    if entitlement.kind == "gift":
        raise StepRefused("wrong_state", "A gift is handed over by the club: there is nothing to choose.")
    if day < entitlement.available_from:
        raise StepRefused("wrong_state", f"Goods can be chosen from {entitlement.available_from} on.")
    if entitlement.is_past(day):
        raise StepRefused("wrong_state", f"Goods could be chosen until {entitlement.expires_on}.")
    faults = _faults(requested, prices, entitlement.currency)
    if faults:
        raise StepRefused("invalid", faults=faults)
    lines = tuple(_line(line, prices[line.sku]) for line in requested)
    choice = Choice(
        choice_id=choice_id,
        entitlement_id=entitlement.entitlement_id,
        company_id=entitlement.company_id,
        currency=entitlement.currency,
        at=at,
        state=ChoiceState.RESERVED,
        lines=lines,
        history=(ChoiceEvent(at, ChoiceState.RESERVED, member_id, note),),
    )
    if choice.total > entitlement.left:
        raise _above_left(entitlement, choice.total)
    return ChoiceStep(next_version(entitlement, reserved=entitlement.reserved + choice.total, announced=True), choice)


def _faults(requested: Sequence[RequestedLine], prices: Mapping[str, FrozenPrice], currency: str) -> list[LineFault]:
    first: dict[str, int] = {}
    found = []
    for place, line in enumerate(requested):
        before = first.setdefault(line.sku, place)
        priced = prices.get(line.sku)
        if before != place:
            found.append(_fault(place, "sku", "repeated", f"Line {before} is of this product too: put them together."))
        elif priced is None or priced.currency != currency:
            found.append(_fault(place, "sku", "unknown_sku", "The price list of this entitlement has no such product."))
        elif line.quantity % priced.pack_multiple:
            detail = f"It comes in multiples of {priced.pack_multiple}."
            found.append(_fault(place, "quantity", "pack_multiple", detail))
    return found


def _fault(place: int, field: str, code: str, detail: str) -> LineFault:
    return LineFault(f"/lines/{place}/{field}", code, detail)


def _line(requested: RequestedLine, priced: FrozenPrice) -> ChoiceLine:
    return ChoiceLine(requested.sku, priced.name, priced.name_ru, priced.unit, requested.quantity, priced.base_price)


def cancel(
    entitlement: Entitlement, choice: Choice, *, member_id: str, note: str, at: str, day: date, shipped_too: bool
) -> ChoiceStep:
    """Gives back the unshipped amount; after the last day to choose it expires at once. `shipped_too`: allowed after a part was shipped."""
    allowed = {ChoiceState.RESERVED, ChoiceState.PARTLY_SHIPPED} if shipped_too else {ChoiceState.RESERVED}
    _require(choice, allowed)
    rest = choice.waiting
    expired = rest if entitlement.is_past(day) else ZERO
    after = next_version(entitlement, reserved=entitlement.reserved - rest, expired=entitlement.expired + expired)
    return ChoiceStep(after, _step(choice, ChoiceState.CANCELLED, member_id, note, at), expired=expired)


# --- shipping ---------------------------------------------------------------------------------------------------------


def ship(
    entitlement: Entitlement,
    choice: Choice,
    requested: Sequence[RequestedLine] | None,
    *,
    shipment_id: str,
    document: str,
    day: date,
    posting_id: str,
    member_id: str,
    at: str,
) -> ChoiceStep:
    """Ships the requested part of a choice, or all that is left. Raises 409 for a document that was recorded before."""
    _require(choice, {ChoiceState.RESERVED, ChoiceState.PARTLY_SHIPPED})
    if any(shipment.document == document for shipment in choice.shipments if shipment.reversed_reason is None):
        raise StepRefused("already_exists", "A shipment with this document number was recorded before.")
    if len(choice.shipments) >= MOST_SHIPMENTS:
        raise StepRefused("wrong_state", f"A choice is shipped in {MOST_SHIPMENTS} parts at most: cancel its rest.")
    if requested is None:
        requested = [RequestedLine(line.sku, line.left) for line in choice.lines if line.left]
    lines = {line.sku: line for line in choice.lines}
    faults = []
    for place, part in enumerate(requested):
        line = lines.get(part.sku)
        if line is None or any(part.sku == other.sku for other in requested[:place]):
            faults.append(_fault(place, "sku", "unknown_sku", "The choice has no such line, or it was named before."))
        elif part.quantity > line.left:
            faults.append(_fault(place, "quantity", "above_left", f"{line.left} are left to ship."))
    if faults:
        raise StepRefused("invalid", faults=faults)
    parts = dict(requested)
    worth = sum((lines[sku].unit_price * quantity for sku, quantity in parts.items()), ZERO)
    shipment = Shipment(shipment_id, document, day, at, parts, worth, posting_id)
    after = _shipped(choice, parts, (*choice.shipments, shipment))
    return ChoiceStep(
        next_version(entitlement, reserved=entitlement.reserved - worth, shipped=entitlement.shipped + worth),
        _step(after, _state(after), member_id, document, at),
        shipped=worth,
    )


def reverse_shipment(
    entitlement: Entitlement, choice: Choice, shipment_id: str, *, member_id: str, reason: str, at: str, day: date
) -> ChoiceStep:
    """Reserves the goods of a shipment again, or gives them back if the choice was cancelled meanwhile.

    Raises 404 for an unknown shipment, 409 for one that was reversed before.
    """
    shipment = next((each for each in choice.shipments if each.shipment_id == shipment_id), None)
    if shipment is None:
        raise StepRefused("not_found")
    if shipment.reversed_reason is not None:
        raise StepRefused("wrong_state", "This shipment was reversed before.")
    back = {sku: -quantity for sku, quantity in shipment.parts.items()}
    shipments = tuple(
        replace(each, reversed_reason=reason) if each.shipment_id == shipment_id else each for each in choice.shipments
    )
    after = _shipped(choice, back, shipments)
    cancelled = choice.state is ChoiceState.CANCELLED
    expired = shipment.amount if cancelled and entitlement.is_past(day) else ZERO
    return ChoiceStep(
        next_version(
            entitlement,
            shipped=entitlement.shipped - shipment.amount,
            reserved=entitlement.reserved + (ZERO if cancelled else shipment.amount),
            expired=entitlement.expired + expired,
        ),
        _step(after, ChoiceState.CANCELLED if cancelled else _state(after), member_id, reason, at),
        shipped=-shipment.amount,
        expired=expired,
    )


def _shipped(choice: Choice, parts: Mapping[str, int], shipments: tuple[Shipment, ...]) -> Choice:
    lines = tuple(replace(line, shipped=line.shipped + parts.get(line.sku, 0)) for line in choice.lines)
    return replace(choice, lines=lines, shipments=shipments)


def _state(choice: Choice) -> ChoiceState:
    if not any(line.left for line in choice.lines):
        return ChoiceState.SHIPPED
    return ChoiceState.PARTLY_SHIPPED if any(line.shipped for line in choice.lines) else ChoiceState.RESERVED


# --- steps of a whole entitlement -------------------------------------------------------------------------------------


def hand_over(entitlement: Entitlement, day: date, posting_id: str) -> Entitlement:
    """Uses up the whole gift."""
    if entitlement.kind != "gift":
        raise StepRefused("wrong_state", "Goods are chosen and shipped; only a gift is handed over.")
    if not entitlement.left or day < entitlement.available_from:
        raise StepRefused("wrong_state", f"The gift is {entitlement.state(day)}.")
    return next_version(entitlement, shipped=entitlement.left, handed_over=posting_id)


def reverse_hand_over(entitlement: Entitlement, posting_id: str) -> Entitlement:
    """The gift that was handed over by this posting is owed again."""
    if not posting_id or entitlement.handed_over != posting_id:
        raise StepRefused("wrong_state", "This gift was not handed over.")
    return next_version(entitlement, shipped=ZERO, handed_over="")


def take_back(entitlement: Entitlement, amount: Decimal | None) -> Entitlement:
    """Reverses an amount of what is left, or all of it. Choices must be cancelled and shipments reversed before."""
    if not entitlement.left:
        raise StepRefused("wrong_state", "Nothing is left to reverse: cancel its choices, reverse its shipments.")
    taken = entitlement.left if amount is None else amount
    if taken > entitlement.left:
        raise _above_left(entitlement, taken)
    return next_version(entitlement, reversed=entitlement.reversed + taken)


def expire(entitlement: Entitlement, day: date) -> Entitlement:
    """The entitlement on this day: after its last day the amount left has expired, the reserved amount has not."""
    if not entitlement.is_past(day) or not entitlement.left:
        return entitlement
    return next_version(entitlement, expired=entitlement.expired + entitlement.left)


def _above_left(entitlement: Entitlement, wanted: Decimal) -> StepRefused:
    left = round_half_up(entitlement.left)
    detail = f"{wanted:.2f} {entitlement.currency} requested; {left} left."
    return StepRefused("above_left", detail, extra={"left": {"amount": f"{left:f}", "currency": entitlement.currency}})


def _require(choice: Choice, allowed: set[ChoiceState]) -> None:
    if choice.state not in allowed:
        raise StepRefused("wrong_state", f"The choice is {choice.state}.", extra={"state": choice.state})


def _step(choice: Choice, state: ChoiceState, member_id: str, note: str, at: str) -> Choice:
    history = (*choice.history, ChoiceEvent(at, state, member_id, note))
    return replace(choice, state=state, history=history, version=choice.version + 1)


def next_version(entitlement: Entitlement, **changed: Any) -> Entitlement:
    return replace(entitlement, version=entitlement.version + 1, **changed)
