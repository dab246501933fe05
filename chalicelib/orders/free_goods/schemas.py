"""Goods on top as they are shown: what a cart gets, what an order was promised, and what became of it."""

from datetime import date
from typing import Any, Self

from pydantic import Field

from chalicelib.orders.free_goods.rules import FreeGoodsState, OrderFreeGoods, WithdrawalReason
from chalicelib.platform.fields import Day, Document
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.pricing import FreeGoodsProgress, FreeGoodsPromise, FreeGoodsTerms, Promotion


class FreeGoodsView(Shown):
    """Goods that cost nothing."""

    sku: str
    name: str
    name_ru: str
    unit: str
    quantity: int


class FreeGoodsTermsView(Shown):
    """What it takes: `buy` units of the promotion's goods in one order, shipped and paid in time."""

    promotion_id: str
    name: str
    name_ru: str
    buy: int
    repeat: bool = Field(description="Whether each `buy` units bring the goods again.")
    pay_by: date | None = Field(description="The last day on which a payment is in time.")
    pay_within_days: int | None = Field(description="Instead of it: so many days after the shipment that is paid.")
    goods: FreeGoodsView


class FreeGoodsQuoteView(FreeGoodsTermsView):
    """Goods that a cart gets on top, or is on its way to. `goods`: with the quantity that it gets, 0 where units are missing."""

    units: int = Field(description="Of the cart; those whose price a promotion makes are not counted.")
    missing: int | None = Field(description="Units to the goods, or to the next ones; null where there are no more.")

    @classmethod
    def of(cls, reach: FreeGoodsProgress) -> Self:
        promotion = reach.promotion
        terms = _terms(promotion, reach.terms, reach.times)
        return cls(**terms, units=reach.units, missing=reach.missing)


class OrderFreeGoodsView(FreeGoodsTermsView):
    """Goods on top of an order. `goods`: with the quantity that is there, or that there is hope for; of withdrawn ones, that was promised."""

    gift_id: str
    order_id: str
    order_number: str
    placed_at: str
    state: FreeGoodsState = Field(
        description="promised; granted: shipped and paid in time, the distributor ships the goods; shipped; withdrawn."
    )
    why: WithdrawalReason | None = Field(
        description="Why they were withdrawn: the order was rejected or cancelled; too few of it came, or stayed; or they "
        "were not paid in time. A payment in time that is told later brings them back."
    )
    document: str | None = Field(description="The distributor's, with which the goods were shipped.")
    shipped_on: date | None

    @classmethod
    def of(cls, goods: OrderFreeGoods) -> Self:
        promise = goods.promise
        return cls(
            **_terms(promise, promise.terms, goods.count or promise.count),
            gift_id=promise.gift_id,
            order_id=goods.order_id,
            order_number=goods.number,
            placed_at=goods.placed_at,
            state=goods.state,
            why=goods.why,
            document=goods.document or None,
            shipped_on=goods.shipped_on,
        )


def _terms(named: Promotion | FreeGoodsPromise, terms: FreeGoodsTerms, count: int) -> dict[str, Any]:
    free = terms.free
    return {
        "promotion_id": named.promotion_id,
        "name": named.name,
        "name_ru": named.name_ru,
        "buy": terms.buy,
        "repeat": terms.repeat,
        "pay_by": terms.pay_by,
        "pay_within_days": terms.pay_within_days,
        "goods": FreeGoodsView(
            sku=free.sku, name=free.name, name_ru=free.name_ru, unit=free.unit, quantity=free.quantity * count
        ),
    }


class OrderFreeGoodsPage(Shown):
    """Newest order first."""

    items: list[OrderFreeGoodsView]
    next_cursor: str | None


class ShipFreeGoodsForm(Form):
    """The goods on top have left; they may travel with a shipment of the order, under its document."""

    document: Document = Field(description="Number of the shipping document.")
    day: Day | None = Field(default=None, description="Business date of the document; today if not given.")
