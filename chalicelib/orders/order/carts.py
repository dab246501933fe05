"""A cart at the company's prices: what quotes show and orders are made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from chalicelib.catalog import Product, Stock, below, categories_key, product_key, product_of, stock_of
from chalicelib.distributors import DeliversFrom
from chalicelib.orders.config import Orders
from chalicelib.orders.order.model import Available, counted
from chalicelib.orders.order.rules import LineFault, Order, PromotedPrice, RequestedLine, line_faults_of
from chalicelib.platform.context import Context
from chalicelib.pricing import (
    Conditions,
    FreeGoodsProgress,
    OrderTerms,
    Price,
    PricedLine,
    conditions_of,
    free_goods_progress,
)
from chalicelib.pricing import keys_of as keys_of_prices
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item

ANYWHERE = DeliversFrom()


@dataclass(frozen=True, slots=True)
class PricedCart:
    """The lines that were asked for, the goods that there are, and what they cost this company on this day.

    Beside them what was counted of the goods, where they would come from, and what of that is reserved already.
    """

    asked: Sequence[RequestedLine]
    products: Mapping[str, Product]
    conditions: Conditions
    day: date
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    delivers_from: DeliversFrom = ANYWHERE
    reserved: Mapping[str, int] = field(default_factory=dict)

    @property
    def line_faults(self) -> list[LineFault]:
        return line_faults_of(self.asked, self.products)

    @property
    def currency(self) -> str:
        """Of the first line whose goods there are; empty without one."""
        return next((self.products[line.sku].currency for line in self.asked if line.sku in self.products), "")

    @property
    def agreed(self) -> OrderTerms:
        return self.conditions.order_terms(self.day, self.currency)

    def price(self, line: RequestedLine) -> Price:
        return self.conditions.price(self.products[line.sku], line.quantity, self.day)

    def without(self, promotions: Collection[str], offers: Collection[str] = ()) -> "PricedCart":
        """The same at the prices without these promotions and offers."""
        return replace(self, conditions=self.conditions.without(promotions, offers))

    def promoted(self, line: RequestedLine, price: Price) -> PromotedPrice | None:
        """What a unit of the line costs a promotion, if its price is one of a promotion with limits."""
        promotions = (each for each in self.conditions.promotions if each.promotion_id in price.promotions)
        limited = next((each for each in promotions if each.limits), None)
        if limited is None or limited.limits is None:
            return None
        dearer = self.without({limited.promotion_id}).price(line).unit_price - price.unit_price
        return PromotedPrice(limited.promotion_id, max(dearer, Decimal(0)), limited.limits)

    def available(self, sku: str) -> Available | None:
        """What may be ordered of it, where that binds; what there was, where it is a hint; None where nothing is known."""
        there = counted(self.delivers_from.figures(self.stocks.get(sku, {})))
        if not self.delivers_from.binding:
            return there if there.at else None
        return Available(max(there.units - self.reserved.get(sku, 0), 0), there.at)

    @property
    def on_top(self) -> list[FreeGoodsProgress]:
        """The goods on top that the cart gets, or is on its way to."""
        conditions = self.conditions
        meant = [
            each for each in conditions.promotions if each.free_goods and not each.obstacle(conditions.buyer, self.day)
        ]
        if not meant:
            return []

        def bought(line: RequestedLine) -> PricedLine | None:
            product = self.products.get(line.sku)
            counts = product and any(each.goods.closeness(product) for each in meant)
            return (
                PricedLine(product, self.price(line)) if product and counts else None
            )  # a price is what takes the time

        return free_goods_progress(meant, [bought(line) for line in self.asked])


@dataclass(frozen=True, slots=True)
class Placing:
    """An order that is about to be placed, and the cart that it was made of."""

    order: Order
    cart: PricedCart


def keys_of(company_id: str, asked: Sequence[RequestedLine]) -> list[Key]:
    """What must be read for `cart_of`."""
    return [*keys_of_prices(company_id), categories_key(), *(product_key(line.sku) for line in asked)]


def cart_of(context: Context, company_id: str, asked: Sequence[RequestedLine], found: Mapping[Key, Item]) -> PricedCart:
    items = {line.sku: item for line in asked if (item := found.get(product_key(line.sku)))}
    products = {sku: product_of(item) for sku, item in items.items()}
    conditions = conditions_of(context, company_id, found, below(found.get(categories_key())))
    return PricedCart(asked, products, conditions, context.today, {sku: stock_of(item) for sku, item in items.items()})


def minimum_of(context: Context, cart: PricedCart) -> Decimal:
    """The smallest order in the cart's currency: the company's own where one is agreed, else the club's."""
    if cart.agreed.minimum_order is not None:
        return cart.agreed.minimum_order
    return context.config[Orders].minimum.get(cart.currency, Decimal(0))
