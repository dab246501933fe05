"""A cart at the company's prices: what quotes show and orders are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chalicelib.catalog import Product, below, product_of
from chalicelib.orders.promises import Bought, Reach, reached
from chalicelib.orders.rules import Asked, Misfit, Order, misfits_of
from chalicelib.platform.work import Work
from chalicelib.pricing import Agreed, Conditions, Price, conditions_of
from chalicelib.pricing import keys_of as keys_of_prices
from chalicelib.table import Key, keys
from chalicelib.table.transactions import Item


@dataclass(frozen=True, slots=True)
class Cart:
    """The lines that were asked for, the goods that there are, and what they cost this company on this day."""

    asked: Sequence[Asked]
    products: Mapping[str, Product]
    conditions: Conditions
    day: date

    @property
    def misfits(self) -> list[Misfit]:
        return misfits_of(self.asked, self.products)

    @property
    def currency(self) -> str:
        """Of the first line whose goods there are; empty without one."""
        return next((self.products[line.sku].currency for line in self.asked if line.sku in self.products), "")

    @property
    def agreed(self) -> Agreed:
        return self.conditions.agreed(self.day)

    def price(self, line: Asked) -> Price:
        return self.conditions.price(self.products[line.sku], line.quantity, self.day)

    def price_without_offers(self, line: Asked) -> Price:
        """What the line costs where the company's offers are left for another order."""
        return replace(self, conditions=replace(self.conditions, offers=())).price(line)

    @property
    def on_top(self) -> list[Reach]:
        """The goods on top that the cart gets, or is on its way to."""
        conditions = self.conditions
        meant = [each for each in conditions.promotions if each.on_top and not each.misses(conditions.buyer, self.day)]
        if not meant:
            return []
        products = [self.products.get(line.sku) for line in self.asked]
        bought = [
            Bought(product, self.price(line)) if product else None
            for product, line in zip(products, self.asked, strict=True)
        ]
        return reached(meant, bought)


@dataclass(frozen=True, slots=True)
class Placing:
    """An order that is about to be placed, and the cart that it was made of."""

    order: Order
    cart: Cart


def keys_of(company_id: str, asked: Sequence[Asked]) -> list[Key]:
    """What must be read for `cart_of`."""
    return [*keys_of_prices(company_id), keys.categories(), *(keys.product(line.sku) for line in asked)]


def cart_of(work: Work, company_id: str, asked: Sequence[Asked], found: Mapping[Key, Item]) -> Cart:
    products = {line.sku: product_of(item) for line in asked if (item := found.get(keys.product(line.sku)))}
    conditions = conditions_of(work, company_id, found, below(found.get(keys.categories())))
    return Cart(asked, products, conditions, work.today)


def minimum_of(work: Work, cart: Cart) -> Decimal:
    """The smallest order in the cart's currency: the company's own where one is agreed, else the club's."""
    if cart.agreed.minimum_order is not None:
        return cart.agreed.minimum_order
    return work.club.orders.minimum.get(cart.currency, Decimal(0))
