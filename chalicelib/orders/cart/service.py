"""A member's cart: kept between visits, shown at today's prices, ordered at the prices at which things were put in.

CART: version, at, lines [{sku, quantity, unit_price, currency}]. It lies with the company, one for each of its people. An emptied cart stays,
with the next version: so that no version ever comes back with other lines.

Weakest point: an order of a cart reads once more than one of lines, since only the cart says which products are to be read.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

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
from chalicelib.platform.context import Context
from chalicelib.platform.http.idempotency import LABEL
from chalicelib.platform.http.problems import Fault, Problem
from chalicelib.platform.money import Money
from chalicelib.table.key import Key
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Item, Refused, Transaction


class CartLine(NamedTuple):
    """A line as it lies in the cart. `unit_price`: that it was put in at."""

    sku: str
    quantity: int
    unit_price: Decimal
    currency: str

    @property
    def asked(self) -> RequestedLine:
        return RequestedLine(self.sku, self.quantity)


class SavedCart(NamedTuple):
    """All lines of a member's cart. Version 0: there never was one."""

    key: Key
    version: int
    lines: tuple[CartLine, ...]

    @property
    def if_unchanged(self) -> ConditionBase:
        return Attr("version").eq(self.version) if self.version else Attr("pk").not_exists()

    def followed_by(self, lines: Iterable[CartLine]) -> "SavedCart":
        return self._replace(version=self.version + 1, lines=tuple(lines))


def show(context: Context, company_id: str, member_id: str, language: str | None) -> CartView:
    """Three reads, and one more for every further hundred keys. With a language, prices are explained."""
    saved = _read(context, company_id, member_id)
    return _shown(context, saved, _priced(context, company_id, saved.lines), language)


def replace(context: Context, company_id: str, member_id: str, form: CartForm, *, expected: int) -> CartView:
    """The cart as it is then. Raises 412 when it is no longer of the expected version, 422 for goods that there are not."""
    saved = _read(context, company_id, member_id)
    if saved.version != expected:
        raise Problem("precondition_failed")
    asked = [line.asked() for line in form.lines]
    cart = _priced(context, company_id, asked)
    _refuse(cart)
    before = {line.asked: line for line in saved.lines}
    replaced = saved.followed_by(_replaced(line, before, _today(cart, line.asked())) for line in form.lines)
    try:
        context.table.put(_item(context, replaced), when=saved.if_unchanged)
    except Refused:
        raise Problem("precondition_failed") from None
    return _shown(context, replaced, cart, None)


def clear(context: Context, company_id: str, member_id: str, *, expected: int) -> None:
    """Raises 412 when it is no longer of the expected version."""
    saved = _read(context, company_id, member_id)
    if saved.version != expected:
        raise Problem("precondition_failed")
    try:
        context.table.put(_item(context, saved.followed_by(())), when=saved.if_unchanged)
    except Refused:
        raise Problem("precondition_failed") from None


@retry("cart")
def put_in(context: Context, company_id: str, member_id: str, form: CartLinesForm) -> CartAdditionView:
    """Adds to what lies there. Raises 422 for goods that there are not, and for more than a cart holds."""
    given = [line.asked() for line in form.lines]
    saved = _read(context, company_id, member_id)
    lying = {line.sku: line for line in saved.lines}
    asked = [RequestedLine(sku, quantity + (lying[sku].quantity if sku in lying else 0)) for sku, quantity in given]
    cart = _priced(context, company_id, asked)
    _refuse(cart)
    for line in asked:
        lying[line.sku] = _today(cart, line)
    _refuse_overflow(asked, lying)
    fuller = saved.followed_by(lying.values())
    told = CartAdditionView(
        version=fuller.version,
        line_count=len(lying),
        lines=_lines(quoting.priced(context, cart, None).lines, lying),
    )
    tx = Transaction()
    tx.put(_item(context, fuller), when=saved.if_unchanged, label="cart")
    context.reply(tx, told)
    context.table.commit(tx)
    return told


def place(context: Context, company_id: str, member_id: str, form: PlaceForm) -> Order:
    """An order of the lines that are given, or of what lies in the cart, which is empty then.

    Raises 409 for a cart that is no longer of the version that was seen; beside that, what `placing.place` raises.
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

    # What lies in a cart was checked as it was put in.
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


def _item(context: Context, saved: SavedCart) -> Item:
    return {
        **saved.key.as_item(),
        "version": saved.version,
        "at": context.at,
        "lines": [line._asdict() for line in saved.lines],
    }


# --- at today's prices ------------------------------------------------------------------------------------------------


def _priced(context: Context, company_id: str, lines: Sequence[CartLine] | Sequence[RequestedLine]) -> PricedCart:
    asked = [RequestedLine(line.sku, line.quantity) for line in lines]
    return deliverers.cart_at(context, company_id, asked)


def _today(cart: PricedCart, line: RequestedLine) -> CartLine:
    price = cart.price(line)
    return CartLine(*line, price.unit_price, price.currency)


def _replaced(form: CartLineForm, before: Mapping[RequestedLine, CartLine], today: CartLine) -> CartLine:
    """At the price that the member saw; else at that of the same line before, so that a change of it stays marked; else at today's."""
    if form.unit_price is not None:
        return today._replace(unit_price=form.unit_price)
    return before.get(form.asked(), today)


def _refuse(cart: PricedCart) -> None:
    """What no cart can hold: goods that there are not, and a line twice. Whatever else is wrong is told beside the line."""
    never = [each for each in cart.line_faults if each.code in ("unknown_sku", "repeated")]
    if never:
        raise Problem(
            "invalid",
            errors=[Fault(pointer=f"/lines/{each.line}/sku", code=each.code, detail=each.detail) for each in never],
        )


def _refuse_overflow(asked: Sequence[RequestedLine], lying: Mapping[str, CartLine]) -> None:
    if len(lying) > MOST_LINES:
        raise Problem.invalid("too_many_lines", "/lines", f"A cart holds {MOST_LINES} lines.")
    for place, line in enumerate(asked):
        if line.quantity > MOST_UNITS:
            detail = f"With the units in the cart that makes {line.quantity}; the most is {MOST_UNITS}."
            raise Problem.invalid("too_many_units", f"/lines/{place}/quantity", detail)


def _shown(context: Context, saved: SavedCart, cart: PricedCart, language: str | None) -> CartView:
    quote = quoting.priced(context, cart, language)
    lines = _lines(quote.lines, {line.sku: line for line in saved.lines})
    orderable = quote.can_be_ordered and bool(lines) and not any(line.price_changed for line in lines)
    return CartView(
        **{**dict(quote), "lines": lines, "can_be_ordered": orderable},
        version=saved.version,
    )


def _lines(quoted: Iterable[QuoteLineView], lying: Mapping[str, CartLine]) -> list[CartLineView]:
    return [_line(line, lying[line.sku]) for line in quoted]


def _line(line: QuoteLineView, cart_line: CartLine) -> CartLineView:
    put_in_at = Money(amount=cart_line.unit_price, currency=cart_line.currency)
    return CartLineView(**dict(line), put_in_at=put_in_at, price_changed=line.unit_price != put_in_at)
