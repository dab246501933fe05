"""A cart at the company's prices: the base of quotes and orders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from chalicelib.catalog import Product, Stock, below, categories_key, product_key, product_of, stock_of
from chalicelib.distributors import DeliversFrom
from chalicelib.orders.config import Orders
from chalicelib.orders.order.model import Available, available_of
from chalicelib.orders.order.rules import LineFault, Order, PromotedPrice, ProposedPrice, RequestedLine, line_faults_of
from chalicelib.platform import Context, Money
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
from chalicelib.table import Item, Key

ANYWHERE = DeliversFrom()


@dataclass(frozen=True)
class PricedCart:
    """The requested lines with their products and the company's prices of a day.

    `stocks`: stock by article; `delivers_from`: warehouses of the deliverer; `reserved`: units that open orders reserve there.
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

    @cached_property
    def currency(self) -> str:
        """Currency of the first line with a known product; empty without one."""
        return next((self.products[line.sku].currency for line in self.asked if line.sku in self.products), "")

    @property
    def agreed(self) -> OrderTerms:
        return self.conditions.order_terms(self.day, self.currency)

    def price(self, line: RequestedLine) -> Price:
        return self.conditions.price(self.products[line.sku], line.quantity, self.day, self._units_across_articles)

    @cached_property
    def _units_across_articles(self) -> dict[str, int]:
        """Of the lines that can be in one order."""
        if not any(each.across_articles for each in self.conditions.promotions):
            return {}
        known = [(self.products[line.sku], line.quantity) for line in self.asked if line.sku in self.products]
        return self.conditions.units_across_articles([each for each in known if each[0].currency == self.currency])

    def without(self, promotions: Collection[str], offers: Collection[str] = ()) -> "PricedCart":
        """The cart at the prices without these promotions and offers."""
        return replace(self, conditions=self.conditions.without(promotions, offers))

    def for_placed(self, order: Order) -> "PricedCart":
        """The cart at the prices for a placed order: its own uses of promotions do not bar it, and offers stay for other orders."""
        own = {line.promoted.promotion_id for line in order.lines if line.promoted}
        buyer = self.conditions.buyer
        uses = {name: number - (name in own) for name, number in buyer.uses.items()}
        return replace(self, conditions=self.conditions._replace(buyer=buyer._replace(uses=uses), offers=()))

    def proposed_prices(self, currency: str) -> dict[str, ProposedPrice]:
        """By article, of the lines that are still sold in this currency."""
        known = [
            line for line in self.asked if line.sku in self.products and self.products[line.sku].currency == currency
        ]
        return {line.sku: self._proposed_price(line, self.price(line)) for line in known}

    def _proposed_price(self, line: RequestedLine, price: Price) -> ProposedPrice:
        return ProposedPrice(price.unit_price, price.chosen, price.rejected, self.promoted(line, price))

    @property
    def free_delivery(self) -> str:
        """The offer by which the delivery of the cart is free; empty without one."""
        offer = self.conditions.free_delivery(self.products.values(), self.day)
        return offer.offer_id if offer else ""

    @property
    def before_promotions(self) -> Money:
        """The sum of the lines in the cart's currency at the company's prices without promotions."""
        plain = self.without({each.promotion_id for each in self.conditions.promotions})
        known = [line for line in self.asked if line.sku in self.products]
        prices = (plain.price(line) for line in known if self.products[line.sku].currency == self.currency)
        return Money.total(self.currency, (Money.of(price.amount, price.currency) for price in prices))

    def promoted(self, line: RequestedLine, price: Price) -> PromotedPrice | None:
        """The promotion with limits that makes the line's price, with its cost a unit; None without one."""
        promotions = (each for each in self.conditions.promotions if each.promotion_id in price.promotions)
        limited = next((each for each in promotions if each.limits), None)
        if limited is None or limited.limits is None:
            return None
        dearer = self.without({limited.promotion_id}).price(line).unit_price - price.unit_price
        return PromotedPrice(limited.promotion_id, max(dearer, Decimal(0)), limited.limits)

    def available(self, sku: str) -> Available | None:
        """Units that may be ordered, where stock is binding; the counted stock, where it is a hint; None without a count."""
        stock = available_of(self.delivers_from.figures(self.stocks.get(sku, {})))
        if not self.delivers_from.binding:
            return stock if stock.at else None
        return Available(max(stock.units - self.reserved.get(sku, 0), 0), stock.at)

    @property
    def free_goods(self) -> list[FreeGoodsProgress]:
        """Progress of the cart towards the free goods of each promotion."""
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
            )  # computing a price takes the time

        return free_goods_progress(meant, [bought(line) for line in self.asked])


class Placing(NamedTuple):
    """A new or grown order, the priced cart behind it, and the order before it grew."""

    order: Order
    cart: PricedCart
    before: Order | None = None


def keys_of(company_id: str, asked: Sequence[RequestedLine]) -> list[Key]:
    """The keys that `cart_of` needs."""
    return [*keys_of_prices(company_id), categories_key(), *(product_key(line.sku) for line in asked)]


def cart_of(context: Context, company_id: str, asked: Sequence[RequestedLine], found: Mapping[Key, Item]) -> PricedCart:
    items = {line.sku: item for line in asked if (item := found.get(product_key(line.sku)))}
    products = {sku: product_of(item) for sku, item in items.items()}
    conditions = conditions_of(context, company_id, found, below(found.get(categories_key())))
    return PricedCart(asked, products, conditions, context.today, {sku: stock_of(item) for sku, item in items.items()})


def minimum_of(context: Context, cart: PricedCart) -> Money:
    """The smallest order in the cart's currency: agreed with the company, else the club's; 0 without one."""
    agreed = cart.agreed.minimum_order
    least = context.config[Orders].minimum.get(cart.currency, Decimal(0)) if agreed is None else agreed
    return Money(amount=least, currency=cart.currency)


def reaches(cart: PricedCart, minimum: Money, total: Money) -> bool:
    """Whether the cart, which comes to `total`, is as large as the smallest order: counted before the discounts of promotions, so that
    nobody is refused for taking one.
    """
    return total >= minimum or cart.before_promotions >= minimum
