"""Goods on top as they are shown: what a cart gets, what an order was promised, and what became of it."""

from datetime import date
from typing import Any, Self

from pydantic import Field

from chalicelib.orders.free_goods.rules import Gift, GiftState, Why
from chalicelib.platform.fields import Day, Document
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.pricing import FreeGoodsProgress, FreeGoodsPromise, FreeGoodsTerms, Promotion


class FreeGoodsAnswer(Shown):
    """Goods that cost nothing."""

    sku: str
    name: str
    name_ru: str
    unit: str
    quantity: int


class OnTopTerms(Shown):
    """What it takes: `buy` units of the promotion's goods in one order, shipped and paid in time."""

    promotion_id: str
    name: str
    name_ru: str
    buy: int
    repeat: bool = Field(description="Whether each `buy` units bring the goods again.")
    pay_by: date | None = Field(description="The last day on which a payment is in time.")
    pay_within_days: int | None = Field(description="Instead of it: so many days after the shipment that is paid.")
    goods: FreeGoodsAnswer


class OnTopQuote(OnTopTerms):
    """Goods that a cart gets on top, or is on its way to. `goods`: with the quantity that it gets, 0 where units are missing."""

    units: int = Field(description="Of the cart; those whose price a promotion makes are not counted.")
    missing: int | None = Field(description="Units to the goods, or to the next ones; null where there are no more.")

    @classmethod
    def of(cls, reach: FreeGoodsProgress) -> Self:
        promotion = reach.promotion
        terms = _terms(promotion, reach.terms, reach.times)
        return cls(**terms, units=reach.units, missing=reach.missing)


class GiftAnswer(OnTopTerms):
    """Goods on top of an order. `goods`: with the quantity that is there, or that there is hope for; of withdrawn ones, that was promised."""

    gift_id: str
    order_id: str
    order_number: str
    placed_at: str
    state: GiftState = Field(
        description="promised; granted: shipped and paid in time, the distributor ships the goods; shipped; withdrawn."
    )
    why: Why | None = Field(
        description="Why they were withdrawn: the order was rejected or cancelled; too few of it came, or stayed; or they "
        "were not paid in time. A payment in time that is told later brings them back."
    )
    document: str | None = Field(description="The distributor's, with which the goods were shipped.")
    shipped_on: date | None

    @classmethod
    def of(cls, gift: Gift) -> Self:
        promise = gift.promise
        return cls(
            **_terms(promise, promise.terms, gift.count or promise.count),
            gift_id=promise.gift_id,
            order_id=gift.order_id,
            order_number=gift.number,
            placed_at=gift.placed_at,
            state=gift.state,
            why=gift.why,
            document=gift.document or None,
            shipped_on=gift.shipped_on,
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
        "goods": FreeGoodsAnswer(
            sku=free.sku, name=free.name, name_ru=free.name_ru, unit=free.unit, quantity=free.quantity * count
        ),
    }


class GiftPage(Shown):
    """Newest order first."""

    items: list[GiftAnswer]
    next_cursor: str | None


class ShipGiftForm(Form):
    """The goods on top have left; they may travel with a shipment of the order, under its document."""

    document: Document = Field(description="Number of the shipping document.")
    day: Day | None = Field(default=None, description="Business date of the document; today if not given.")
