"""The conditions of a company, from which its prices are made, gathered in one read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib import tiers
from chalicelib.platform import Club, Context
from chalicelib.pricing import keys
from chalicelib.pricing.config import Pricing
from chalicelib.pricing.offers import keys as offers_keys
from chalicelib.pricing.offers import store as offers_store
from chalicelib.pricing.offers.store import MOST_OPEN
from chalicelib.pricing.promotions import keys as promotions_keys
from chalicelib.pricing.promotions import store as promotions_store
from chalicelib.pricing.promotions import usage
from chalicelib.pricing.resolver.rules import NO_UNITS, resolve
from chalicelib.pricing.rules import (
    Buyer,
    Contract,
    Goods,
    Offer,
    OrderTerms,
    Policy,
    Price,
    Promotion,
    Subcategories,
    order_terms,
)
from chalicelib.pricing.terms import store as terms_store
from chalicelib.table import Item, Key
from chalicelib.tiers import standing_key


class Conditions(NamedTuple):
    """The facts that a company's prices depend on, beside the goods and the day; `deliveries`: the offers of free delivery."""

    buyer: Buyer
    contracts: tuple[Contract, ...]
    promotions: tuple[Promotion, ...]
    offers: tuple[Offer, ...]
    policy: Policy
    deliveries: tuple[Offer, ...] = ()

    def without(self, promotions: Collection[str], offers: Collection[str] = ()) -> "Conditions":
        """The same without these promotions and offers."""
        return self._replace(
            promotions=tuple(each for each in self.promotions if each.promotion_id not in promotions),
            offers=tuple(each for each in self.offers if each.offer_id not in offers),
            deliveries=tuple(each for each in self.deliveries if each.offer_id not in offers),
        )

    def order_terms(self, day: date, currency: str) -> OrderTerms:
        return order_terms(self.contracts, day, currency)

    def price(self, goods: Goods, quantity: int, day: date, units_of: Mapping[str, int] = NO_UNITS) -> Price:
        return resolve(
            goods,
            quantity,
            self.buyer,
            day,
            contracts=self.contracts,
            promotions=self.promotions,
            offers=self.offers,
            policy=self.policy,
            units_of=units_of,
        )

    def free_delivery(self, several: Iterable[Goods], day: date) -> Offer | None:
        """The offer by which the delivery of an order of these goods is free: the one that ends first."""
        goods = list(several)
        return min(
            (each for each in self.deliveries if each.delivers(goods, day)),
            key=lambda each: (each.last, each.offer_id),
            default=None,
        )

    def units_across_articles(self, lines: Sequence[tuple[Goods, int]]) -> dict[str, int]:
        """By promotion that counts across articles, the units of its goods in an order of these lines."""
        return {
            each.promotion_id: sum(quantity for goods, quantity in lines if each.goods.closeness(goods))
            for each in self.promotions
            if each.across_articles
        }


def keys_of(company_id: str) -> list[Key]:
    """The keys of the items for `conditions_of`; the caller reads them in a batch of its own."""
    return [
        standing_key(company_id),
        keys.terms(company_id),
        offers_keys.granted(company_id),
        promotions_keys.promotions_used(company_id),
        promotions_keys.running_promotions(),
    ]


def conditions_of(context: Context, company_id: str, found: Mapping[Key, Item], below: Subcategories) -> Conditions:
    """The conditions of today, from the items of `keys_of`."""
    promotions = tuple(
        # The sums of a promotion are in the club's currency.
        each.with_subcategories(below)._replace(sums_in=context.config[Club].currency)
        for each in promotions_store.running(found.get(promotions_keys.running_promotions()))
    )
    sized = any(each.is_for_a_size for each in promotions)
    own = found.get(offers_keys.granted(company_id))
    offers = [each.with_subcategories(below) for each in _usable_offers(own, context.today)]
    buyer = _buyer(found.get(standing_key(company_id)), offers_store.displays(own), context.today, sized=sized)
    return Conditions(
        buyer=buyer._replace(uses=usage.company_uses(found.get(promotions_keys.promotions_used(company_id)))),
        contracts=tuple(
            each.with_subcategories(below) for each in terms_store.contracts(found.get(keys.terms(company_id)))
        ),
        promotions=promotions,
        offers=tuple(each for each in offers if not each.free_delivery),
        deliveries=tuple(each for each in offers if each.free_delivery),
        policy=policy(context),
    )


def _usable_offers(own: Item | None, day: date) -> list[Offer]:
    """As many offers as one order may use, those first that hold on this day: where orders gave some back there may be more."""
    every = [each.offer for each in offers_store.open_offers(own)]
    return sorted(every, key=lambda each: not each.first <= day <= each.last)[:MOST_OPEN]


def _buyer(standing: Item | None, displays: frozenset[str], day: date, *, sized: bool) -> Buyer:
    """The window sum takes a walk through the purchases: it is left out where no promotion asks for it."""
    tier = tiers.tier_in_force(standing, day)
    reached = tiers.window_sum(standing, day) if sized else Decimal(0)
    currency = str(standing["currency"]) if standing else ""
    return Buyer(tier.tier, tier.name, tier.name_ru, tier.discount_percent, reached, currency, displays)


def order_terms_of(context: Context, company_id: str, day: date, currency: str) -> OrderTerms:
    """The terms for the company's orders in this currency on this day. One read, eventually consistent as those of prices."""
    return order_terms(terms_store.contracts(context.table.get(keys.terms(company_id))), day, currency)


def policy(context: Context) -> Policy:
    figures = context.config[Pricing]
    stacks = tuple(frozenset(group) for group in figures.stacks)
    return Policy(combine=figures.combine, priority=tuple(figures.priority), stacks=stacks)
