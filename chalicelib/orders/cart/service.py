"""A member's cart: kept between visits, shown at today's prices, ordered at the prices at which its lines were added.

CART: version, at, lines [{sku, quantity, unit_price, currency}]. One item for each person of a company. An emptied cart stays with the next
version, so that no version is ever used twice.

Weakest point: an order of a cart takes one read more than an order of lines, since the cart names the products to read.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from boto3.dynamodb.conditions import ConditionBase

from chalicelib.orders.cart import keys
from chalicelib.orders.cart.schemas import (
    CartAdditionView,
    CartForm,
    CartLineForm,
    CartLinesForm,
    CartLineView,
    CartView,
    PlaceForm,
)
from chalicelib.orders.order.carts import PricedCart
from chalicelib.orders.order.rules import MOST_UNITS, Order, RequestedLine
from chalicelib.orders.placement import service as placement
from chalicelib.orders.quoting import deliverers
from chalicelib.orders.quoting import service as quoting
from chalicelib.orders.quoting.schemas import MOST_LINES, OrderLineForm, QuoteLineView
from chalicelib.orders.quoting.spelling import forgiving
from chalicelib.platform import Context, Fault, Problem, UnitPrice
from chalicelib.platform.http.idempotency import LABEL
from chalicelib.table import Item, Key, Refused, Transaction, at_version, retry


class CartLine(NamedTuple):
    """A line of the saved cart. `unit_price`: the price at which it was added."""

    sku: str
    quantity: int
    unit_price: Decimal
    currency: str

    @property
    def asked(self) -> RequestedLine:
        return RequestedLine(self.sku, self.quantity)


class SavedCart(NamedTuple):
    """A member's cart in the table. Version 0: it was never used."""

    key: Key
    version: int
    lines: tuple[CartLine, ...]

    @property
    def if_unchanged(self) -> ConditionBase:
        return at_version(self.version)

    def followed_by(self, lines: Iterable[CartLine]) -> "SavedCart":
        return self._replace(version=self.version + 1, lines=tuple(lines))


def show(context: Context, company_id: str, member_id: str, language: str | None) -> CartView:
    """The cart at today's prices, explained in the language if one is given. Three reads, and one for every further hundred keys."""
    saved = _read(context, company_id, member_id)
    return _view(
        context, saved, deliverers.cart_at(context, company_id, [line.asked for line in saved.lines]), language
    )


def replace(context: Context, company_id: str, member_id: str, form: CartForm, *, expected: int) -> CartView:
    """The cart with its new lines. Raises 412 if the expected version is gone, 422 for unknown articles."""
    return forgiving(context, form, lambda meant: _replace_lines(context, company_id, member_id, meant, expected))


def _replace_lines(context: Context, company_id: str, member_id: str, form: CartForm, expected: int) -> CartView:
    saved = _read_version(context, company_id, member_id, expected)
    asked = [line.asked() for line in form.lines]
    cart = deliverers.cart_at(context, company_id, asked)
    _refuse(cart)
    before = {line.asked: line for line in saved.lines}
    replaced = saved.followed_by(_replaced(line, before, cart) for line in form.lines)
    _replace(context, saved, replaced)
    return _view(context, replaced, cart, None)


def clear(context: Context, company_id: str, member_id: str, *, expected: int) -> None:
    """Raises 412 if the expected version is gone."""
    saved = _read_version(context, company_id, member_id, expected)
    _replace(context, saved, saved.followed_by(()))


def add_lines(context: Context, company_id: str, member_id: str, form: CartLinesForm) -> CartAdditionView:
    """Adds lines at today's prices. Raises 422 for unknown articles, and for more than a cart holds."""
    return forgiving(context, form, lambda meant: _add_lines(context, company_id, member_id, meant))


@retry("cart")
def _add_lines(context: Context, company_id: str, member_id: str, form: CartLinesForm) -> CartAdditionView:
    given = [line.asked() for line in form.lines]
    saved = _read(context, company_id, member_id)
    lines_by_sku = {line.sku: line for line in saved.lines}
    asked = [
        RequestedLine(sku, quantity + (lines_by_sku[sku].quantity if sku in lines_by_sku else 0))
        for sku, quantity in given
    ]
    # Of all lines: the price of one may depend on the others.
    whole = {line.sku: line.asked for line in saved.lines} | {line.sku: line for line in asked}
    cart = deliverers.cart_at(context, company_id, list(whole.values()))
    _refuse(dataclasses.replace(cart, asked=asked))
    lines_by_sku = {sku: _kept(cart, line) for sku, line in lines_by_sku.items()}
    lines_by_sku |= {line.sku: _today(cart, line) for line in asked}
    _refuse_overflow(asked, lines_by_sku)
    fuller = saved.followed_by(lines_by_sku.values())
    quoted = {line.sku: line for line in quoting.priced(context, cart, None).lines}
    added = CartAdditionView(
        version=fuller.version,
        line_count=len(lines_by_sku),
        lines=_lines((quoted[line.sku] for line in asked), lines_by_sku),
    )
    tx = Transaction()
    tx.put(_item(context, fuller), when=saved.if_unchanged, label="cart")
    return context.commit(tx, added)


@retry("cart")
def fill(
    context: Context,
    company_id: str,
    member_id: str,
    wanted: Sequence[RequestedLine],
    check: Callable[[Transaction], None],
) -> int:
    """Brings the cart to at least these quantities, at today's prices, and returns how many of the lines it holds then. Safe to repeat.

    Lines over the bound of a cart are left out. `check` adds the conditions of the change.
    """
    saved = _read(context, company_id, member_id)
    lines_by_sku = {line.sku: line for line in saved.lines}
    short = [line for line in wanted if line.sku not in lines_by_sku or lines_by_sku[line.sku].quantity < line.quantity]
    cart = deliverers.cart_at(context, company_id, short)
    for line in short:
        if line.sku in cart.products and (line.sku in lines_by_sku or len(lines_by_sku) < MOST_LINES):
            lines_by_sku[line.sku] = _today(cart, line)
    filled = saved.followed_by(lines_by_sku.values())
    if filled.lines != saved.lines:
        tx = Transaction()
        check(tx)
        tx.put(_item(context, filled), when=saved.if_unchanged, label="cart")
        context.table.commit(tx)
    return sum(line.sku in lines_by_sku for line in wanted)


@retry("old cart")
def move(context: Context, company_id: str, to: str, member_id: str) -> None:
    """Brings the lines of the member's cart into their cart in the other company, at its prices of today. Safe to repeat."""
    left = _read(context, company_id, member_id)

    def leave(tx: Transaction) -> None:
        tx.put(_item(context, left.followed_by(())), when=left.if_unchanged, label="old cart")

    if left.lines:
        fill(context, to, member_id, [line.asked for line in left.lines], leave)


def place(context: Context, company_id: str, member_id: str, form: PlaceForm) -> Order:
    """An order of the form's lines, or of the cart's, which empties it.

    Raises 409 if the version of the cart changed, and all that `placement.place` raises.
    """
    if form.cart_version is None:
        return placement.place(context, company_id, member_id, form)
    saved = _read(context, company_id, member_id)
    if saved.version != form.cart_version:
        raise _changed()
    if not saved.lines:
        raise Problem.invalid("empty_cart", "/cart_version", "The cart is empty.")

    def empty(tx: Transaction) -> None:
        tx.put(_item(context, saved.followed_by(())), when=saved.if_unchanged, label="cart")

    # The lines of a cart were checked as they were added.
    lines = [
        OrderLineForm.model_construct(sku=line.sku, quantity=line.quantity, unit_price=line.unit_price)
        for line in saved.lines
    ]
    try:
        return placement.place(context, company_id, member_id, form.model_copy(update={"lines": lines}), also=empty)
    except Refused as refused:
        if "cart" not in refused or LABEL in refused:
            raise
        raise _changed() from None


def _changed() -> Problem:
    return Problem("cart_changed", "Read the cart again, and order its current version.")


# --- in the table -----------------------------------------------------------------------------------------------------


def _read(context: Context, company_id: str, member_id: str) -> SavedCart:
    key = keys.cart(company_id, member_id)
    item = context.table.get(key, consistent=True)
    if item is None:
        return SavedCart(key, 0, ())
    lines = tuple(
        CartLine(line["sku"], int(line["quantity"]), line["unit_price"], line["currency"]) for line in item["lines"]
    )
    return SavedCart(key, int(item["version"]), lines)


def _read_version(context: Context, company_id: str, member_id: str, expected: int) -> SavedCart:
    saved = _read(context, company_id, member_id)
    if saved.version != expected:
        raise Problem("precondition_failed")
    return saved


def _replace(context: Context, before: SavedCart, after: SavedCart) -> None:
    try:
        context.table.put(_item(context, after), when=before.if_unchanged)
    except Refused:
        raise Problem("precondition_failed") from None


def _item(context: Context, saved: SavedCart) -> Item:
    return {
        **saved.key.as_item(),
        "version": saved.version,
        "at": context.at,
        "lines": [line._asdict() for line in saved.lines],
    }


# --- at today's prices ------------------------------------------------------------------------------------------------


def _today(cart: PricedCart, line: RequestedLine) -> CartLine:
    price = cart.price(line)
    return CartLine(*line, price.unit_price, price.currency)


def _replaced(form: CartLineForm, before: Mapping[RequestedLine, CartLine], cart: PricedCart) -> CartLine:
    """The line at the price that the form names; else at that of the same line before; else at today's."""
    asked = form.asked()
    if form.unit_price is not None:
        return _today(cart, asked)._replace(unit_price=form.unit_price)
    return _kept(cart, before[asked]) if asked in before else _today(cart, asked)


def _kept(cart: PricedCart, line: CartLine) -> CartLine:
    """The line at the price at which it was added, so that a higher one stays marked; at today's, where it is lower: other lines may make it so."""
    if line.sku not in cart.products:
        return line
    today = _today(cart, line.asked)
    return today if today.currency == line.currency and today.unit_price < line.unit_price else line


def _refuse(cart: PricedCart) -> None:
    """Refuses unknown and repeated articles. Other faults are shown with their lines."""
    refused = [each for each in cart.line_faults if each.code in ("unknown_sku", "repeated")]
    if refused:
        raise Problem(
            "invalid",
            errors=[Fault(pointer=f"/lines/{each.line}/sku", code=each.code, detail=each.detail) for each in refused],
        )


def _refuse_overflow(asked: Sequence[RequestedLine], lines_by_sku: Mapping[str, CartLine]) -> None:
    if len(lines_by_sku) > MOST_LINES:
        raise Problem.invalid("too_many_lines", "/lines", f"A cart holds {MOST_LINES} lines.")
    for place, line in enumerate(asked):
        if line.quantity > MOST_UNITS:
            detail = f"With the units in the cart that makes {line.quantity}; the most is {MOST_UNITS}."
            raise Problem.invalid("too_many_units", f"/lines/{place}/quantity", detail)


def _view(context: Context, saved: SavedCart, cart: PricedCart, language: str | None) -> CartView:
    quote = quoting.priced(context, cart, language)
    lines = _lines(quote.lines, {line.sku: line for line in saved.lines})
    orderable = quote.can_be_ordered and bool(lines) and not any(line.price_changed for line in lines)
    return CartView(**{**dict(quote), "lines": lines, "can_be_ordered": orderable}, version=saved.version)


def _lines(quoted: Iterable[QuoteLineView], lines: Mapping[str, CartLine]) -> list[CartLineView]:
    added_at = {sku: UnitPrice(amount=line.unit_price, currency=line.currency) for sku, line in lines.items()}
    return [
        CartLineView(**dict(line), put_in_at=added_at[line.sku], price_changed=line.unit_price != added_at[line.sku])
        for line in quoted
    ]
