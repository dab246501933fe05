"""Views of the free goods of carts and orders; the form of their shipment."""

from datetime import date
from typing import Any, Self

from pydantic import Field

from chalicelib.orders.free_goods.rules import FreeGoodsState, OrderFreeGoods, WithdrawalReason
from chalicelib.platform import Form, View
from chalicelib.platform.fields import Day, Document
from chalicelib.pricing import FreeGoodsProgress, FreeGoodsPromise, FreeGoodsTerms, Promotion


class FreeGoodsView(View):
    """Free goods: an article and its quantity."""

    sku: str
    name: str
    name_ru: str
    unit: str
    quantity: int


class FreeGoodsTermsView(View):
    """The terms: `buy` units of the promotion's goods in one order, shipped and paid in time."""

    promotion_id: str
    name: str
    name_ru: str
    buy: int
    repeat: bool = Field(description="Whether every further `buy` units bring the goods once more.")
    pay_by: date | None = Field(description="Last day of payment; null with `pay_within_days`.")
    pay_within_days: int | None = Field(description="Days of payment, counted from each shipment; null with `pay_by`.")
    goods: FreeGoodsView


class FreeGoodsQuoteView(FreeGoodsTermsView):
    """Free goods of a cart. The quantity of `goods` is 0 while units are missing."""

    units: int = Field(description="Units of the cart that count. Units at the price of a promotion do not.")
    missing: int | None = Field(
        description="Units that are missing to the goods, or to the next ones; null where no more can be got."
    )

    @classmethod
    def of(cls, reach: FreeGoodsProgress) -> Self:
        promotion = reach.promotion
        terms = _terms(promotion, reach.terms, reach.times)
        return cls(**terms, units=reach.units, missing=reach.missing)


class OrderFreeGoodsView(FreeGoodsTermsView):
    """Free goods of an order. The quantity of `goods` is the one granted or still possible; of withdrawn goods, the one promised."""

    gift_id: str = Field(description="Id of these free goods.")
    order_id: str
    order_number: str = Field(description="The number of their order.")
    placed_at: str
    state: FreeGoodsState = Field(
        description="promised; granted: shipped and paid in time, the distributor ships the goods; shipped; withdrawn."
    )
    why: WithdrawalReason | None = Field(
        description="Reason of a withdrawal: the order was rejected or cancelled, too few units were delivered or kept, or the "
        "payment was late. A payment in time that is recorded later brings the goods back."
    )
    document: str | None = Field(description="The distributor's shipping document of the goods.")
    shipped_on: date | None = Field(description="Null until they are shipped.")

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


class OrderFreeGoodsPage(View):
    """Newest order first."""

    items: list[OrderFreeGoodsView]
    next_cursor: str | None


class ShipFreeGoodsForm(Form):
    """The shipment of free goods. They may travel with a shipment of the order, under its document."""

    document: Document = Field(description="Number of the shipping document.")
    day: Day | None = Field(default=None, description="Business date of the document; today if not given.")
