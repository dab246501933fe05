"""Quotes: a cart at today's prices, without storing it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from chalicelib.orders.free_goods.schemas import FreeGoodsQuoteView
from chalicelib.orders.order import carts
from chalicelib.orders.order.carts import PricedCart
from chalicelib.orders.order.rules import LineFault, RequestedLine
from chalicelib.orders.order.schemas import LineStockView, stock_warnings
from chalicelib.orders.quoting import deliverers, spelling
from chalicelib.orders.quoting.schemas import QuoteForm, QuoteLineView, QuoteView
from chalicelib.platform import Context, Fault, Money
from chalicelib.pricing import PriceView


def quote(context: Context, company_id: str, form: QuoteForm, language: str) -> QuoteView:
    """A quote that shows the faults of lines that cannot be ordered.

    One read for every hundred keys, three for the largest cart; one more for the deliverer, and one if its stock is binding. Lines whose
    articles are not spelled as in the catalogue are read again as they were meant.
    """
    shown = _quote(context, company_id, form, language)
    unknown = [place for place, line in enumerate(shown.lines) if line.errors and any(map(_is_unknown, line.errors))]
    if not unknown:
        return shown
    meant, asked_back = spelling.as_meant(context, form, unknown)
    if meant is not form:
        shown = _quote(context, company_id, meant, language)
    for place, fault in asked_back.items():
        line = shown.lines[place or 0]
        line.errors = [fault if _is_unknown(error) else error for error in line.errors]
    return shown


def _is_unknown(error: Fault) -> bool:
    return spelling.place_of_unknown(error) is not None


def _quote(context: Context, company_id: str, form: QuoteForm, language: str) -> QuoteView:
    asked = [line.asked() for line in form.lines]
    cart = deliverers.cart_at(context, company_id, asked).without(form.without_promotions, form.without_offers)
    return priced(context, cart, language if form.explain else None)


def priced(context: Context, cart: PricedCart, language: str | None) -> QuoteView:
    """The quote of a cart; its prices are explained if a language is given."""
    wrong: dict[int, list[LineFault]] = {}
    for line_fault in cart.line_faults:
        wrong.setdefault(line_fault.line, []).append(line_fault)
    lines = [
        _line(context, cart, place, line, _faults(wrong.get(place, ())), language)
        for place, line in enumerate(cart.asked)
    ]
    # A line in another currency than the first one has an error, and belongs to another order.
    counted = [line.amount for line in lines if line.amount and line.amount.currency == cart.currency]
    total = Money.total(cart.currency, counted)
    minimum = carts.minimum_of(context, cart)
    return QuoteView(
        day=context.today,
        lines=lines,
        total=total if counted else None,
        minimum_order=minimum if minimum.amount else None,
        goods_on_top=[FreeGoodsQuoteView.of(reach) for reach in cart.free_goods],
        free_delivery=bool(cart.free_delivery),
        can_be_ordered=not any(line.errors for line in lines) and carts.reaches(cart, minimum, total),
    )


def _faults(line_faults: Iterable[LineFault]) -> list[Fault]:
    return [
        Fault(pointer=f"/lines/{each.line}/{each.field}", code=each.code, detail=each.detail) for each in line_faults
    ]


def _line(
    context: Context, cart: PricedCart, place: int, line: RequestedLine, errors: list[Fault], language: str | None
) -> QuoteLineView:
    if line.sku not in cart.products:
        return QuoteLineView(
            sku=line.sku,
            quantity=line.quantity,
            base_price=None,
            unit_price=None,
            amount=None,
            explanation=None,
            stock=None,
            warnings=[],
            errors=errors,
        )
    price = cart.price(line)
    available, binding = cart.available(line.sku), cart.delivers_from.binding
    lacking = stock_warnings(place, line.quantity, available)

    def money(amount: Decimal) -> Any:  # the line makes a view of it
        return {"amount": amount, "currency": price.currency}

    return QuoteLineView(
        sku=line.sku,
        quantity=line.quantity,
        base_price=money(price.base_price),
        unit_price=money(price.unit_price),
        amount=money(price.amount),
        explanation=PriceView.of(price, language) if language else None,
        stock=LineStockView.of(available, binding=binding) if available else None,
        warnings=[] if binding else lacking,
        errors=[*errors, *lacking] if binding else errors,
    )
