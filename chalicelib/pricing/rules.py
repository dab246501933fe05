"""The price of goods for a buyer on a day. Pure.

Each rule either gives a unit price or the reason why it does not apply:

    base_price         the listed price
    tier_price         the price of the price type named like the buyer's tier
    tier_discount      the percent of the buyer's tier
    personal_price     a price of a contract for this article
    personal_discount  a percent of a contract for the article, its category, its brand, or everything: the closest one
    promotion          the percent of a promotion's quantity bracket
    offer              a percent or a price that the staff offered this company for one order

The club's `Policy` combines the rules: the best price for the partner, or the first applicable rule of a priority; it also names the
discounts that stack, one taken off after the other. A price has its explanation: the chosen rule and the reasons of the rejected ones.
Promotions for other goods are left out.

A new kind of promotion is a field of `Promotion` with a condition in `obstacle` or a ruling in `_promotion_ruling`, fields in
`promotions/model.py`, and its sentences in `schemas.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple, Protocol

from chalicelib.platform.money import round_half_up

HUNDRED = Decimal(100)
ONE = Decimal(1)

Rule = Literal["base_price", "tier_price", "tier_discount", "personal_price", "personal_discount", "promotion", "offer"]
# From the general to the particular. Of equal prices the earlier rule wins, so no offer is used up for nothing.
RULES: tuple[Rule, ...] = (
    "base_price",
    "tier_price",
    "tier_discount",
    "personal_discount",
    "personal_price",
    "promotion",
    "offer",
)
_PLACES: Mapping[str, int] = {rule: place for place, rule in enumerate(RULES)}
STACK = "stack"

Subcategories = Callable[[str], Iterable[str]]  # a category's code → the code itself and those of all its subcategories

# --- the facts --------------------------------------------------------------------------------------------------------


class Goods(Protocol):
    """The facts of a product that its price depends on."""

    @property
    def sku(self) -> str: ...

    @property
    def brand(self) -> str: ...

    @property
    def category(self) -> str: ...

    @property
    def own_brand(self) -> bool: ...

    @property
    def status(self) -> str: ...

    @property
    def base_price(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...

    def price_of(self, type_: str) -> Decimal | None:
        """The product's price of this price type, if any."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The facts of a company that prices depend on.

    `tier` is empty without a tier. `window_sum` are the net purchases of the tier's window in `window_currency`, which tell small clients
    from large ones.
    `displays` are the promotions whose display deal the company has. `uses` are its numbers of orders by promotion, for promotions with a
    limit per company.
    """

    tier: str = ""
    name: str = ""
    name_ru: str = ""
    tier_percent: Decimal = Decimal(0)
    window_sum: Decimal = Decimal(0)
    window_currency: str = ""
    displays: frozenset[str] = frozenset()
    uses: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of goods: those named by article, category or brand, or all goods without names; `statuses` and `own_brand` narrow it.

    Categories do not include their subcategories: `with_subcategories` adds them.
    """

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    own_brand: bool = False

    def closeness(self, goods: Goods) -> int:
        """The closeness of the selection to these goods: 4 article, 3 category, 2 brand, 1 everything, 0 not selected."""
        if (self.own_brand and not goods.own_brand) or (self.statuses and goods.status not in self.statuses):
            return 0
        if goods.sku in self.skus:
            return 4
        if goods.category in self.categories:
            return 3
        if goods.brand in self.brands:
            return 2
        return 0 if self.skus or self.categories or self.brands else 1

    def with_subcategories(self, below: Subcategories) -> "Selection":
        return replace(self, categories=frozenset(code for top in self.categories for code in below(top)))


class Discount(NamedTuple):
    """A percent off the selected goods."""

    goods: Selection
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Contract:
    """Personal terms from `first` to `last`, if any: prices by article, discounts, conditions of orders.

    Its sums hold for goods sold in `currency`; for goods in any currency if it is empty.
    """

    number: str
    first: date
    last: date | None = None
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    discounts: tuple[Discount, ...] = ()
    minimum_order: Decimal | None = None
    deferral_days: int | None = None
    credit_limit: Decimal | None = None
    currency: str = ""

    def with_subcategories(self, below: Subcategories) -> "Contract":
        discounts = tuple(each._replace(goods=each.goods.with_subcategories(below)) for each in self.discounts)
        return replace(self, discounts=discounts)

    def counts_in(self, currency: str) -> bool:
        return self.currency in ("", currency)


class OrderTerms(NamedTuple):
    """The terms for orders of a company in a currency on a day; None for terms that its contracts leave open.

    Of several contracts the best for the company counts: the lowest minimum, the longest deferral, the highest limit.
    """

    minimum_order: Decimal | None
    deferral_days: int | None
    credit_limit: Decimal | None


def order_terms(contracts: Iterable[Contract], day: date, currency: str) -> OrderTerms:
    holding = [
        each for each in contracts if each.counts_in(currency) and _out_of_time(day, each.first, each.last) is None
    ]
    return OrderTerms(
        minimum_order=min((each.minimum_order for each in holding if each.minimum_order is not None), default=None),
        deferral_days=max((each.deferral_days for each in holding if each.deferral_days is not None), default=None),
        credit_limit=max((each.credit_limit for each in holding if each.credit_limit is not None), default=None),
    )


class Bracket(NamedTuple):
    """A percent for lines of at least `from_quantity` units."""

    from_quantity: int
    percent: Decimal


class FreeGoods(NamedTuple):
    """Units of an article that cost nothing, with the article's names at the time of the promise."""

    sku: str
    quantity: int
    name: str
    name_ru: str
    unit: str


class FreeGoodsTerms(NamedTuple):
    """The terms of free goods: for `buy` units in one order, shipped and paid in time; with `repeat`, for each `buy` units.

    In time means by `pay_by` or within `pay_within_days` after the shipment; one of the two is given.
    """

    buy: int
    free: FreeGoods
    pay_by: date | None = None
    pay_within_days: int | None = None
    repeat: bool = False


class Limits(NamedTuple):
    """The limits of a promotion in orders, units, cost and orders of one company; None for no limit.

    `currency` is the currency of the budget: the promotion does not hold for goods sold in another one.
    """

    uses: int | None = None
    units: int | None = None
    budget: Decimal | None = None
    currency: str = ""
    uses_per_company: int | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """An approved promotion. Percents rise with the quantity, so a larger quantity never costs more per unit.

    It has either `brackets` or `free_goods`; free goods make no price. `months` are the months of its season; empty for all. `least_sum`
    (inclusive) and `most_sum` (exclusive) bound the buyer's window sum, in the currency `sums_in`. `display` is set for a display deal, `exhausted` once a limit is
    reached.
    """

    promotion_id: str
    name: str
    name_ru: str
    goods: Selection
    brackets: tuple[Bracket, ...]
    first: date
    last: date
    months: frozenset[int] = frozenset()
    least_sum: Decimal | None = None
    most_sum: Decimal | None = None
    sums_in: str = ""
    tiers: frozenset[str] = frozenset()
    free_goods: FreeGoodsTerms | None = None
    display: bool = False
    limits: Limits | None = None
    exhausted: bool = False

    @property
    def makes_prices(self) -> bool:
        """Whether it lowers a price; free goods leave the price as it is."""
        return bool(self.brackets)

    @property
    def is_for_a_size(self) -> bool:
        """Whether it is for small or for large clients."""
        return self.least_sum is not None or self.most_sum is not None

    def with_subcategories(self, below: Subcategories) -> "Promotion":
        return replace(self, goods=self.goods.with_subcategories(below))

    @property
    def facts(self) -> dict[str, str]:
        """The facts of each of its rulings."""
        return {"promotion": self.promotion_id, "name": self.name, "name_ru": self.name_ru}

    def rejected_by(self, obstacle: "Obstacle") -> "Ruling":
        return Ruling("promotion", obstacle.reason, facts={**self.facts, **obstacle.facts})

    def obstacle(self, buyer: Buyer, day: date) -> "Obstacle | None":
        """The reason why it does not hold for this buyer on this day, for any goods; None if it holds."""
        obstacle = _out_of_time(day, self.first, self.last)
        if obstacle:
            return obstacle
        if self.months and day.month not in self.months:
            return Obstacle("out_of_season", {})
        if self.tiers and buyer.tier not in self.tiers:
            return Obstacle("other_tiers", {})
        if self.is_for_a_size and buyer.window_currency not in ("", self.sums_in):
            return Obstacle("size_in_other_currency", {"currency": self.sums_in})
        if self.least_sum is not None and buyer.window_sum < self.least_sum:
            return Obstacle("for_larger_clients", {"sum": plain(self.least_sum)})
        if self.most_sum is not None and buyer.window_sum >= self.most_sum:
            return Obstacle("for_smaller_clients", {"sum": plain(self.most_sum)})
        if self.display and self.promotion_id not in buyer.displays:
            return Obstacle("display_needed", {})
        if self.exhausted:
            return Obstacle("exhausted", {})
        most = self.limits.uses_per_company if self.limits else None
        if most is not None and buyer.uses.get(self.promotion_id, 0) >= most:
            return Obstacle("used_as_often_as_it_may", {"uses": str(most)})
        return None


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of the staff to one company for one order: a percent off, or a price.

    `floor` is the lowest unit price that the percent may make, by itself or with stacked discounts. The sums hold for goods sold in
    `currency`; for goods in any currency if it is empty.
    """

    offer_id: str
    goods: Selection
    first: date
    last: date
    percent: Decimal | None = None
    price: Decimal | None = None
    floor: Decimal = Decimal(0)
    currency: str = ""

    def with_subcategories(self, below: Subcategories) -> "Offer":
        return replace(self, goods=self.goods.with_subcategories(below))


class Obstacle(NamedTuple):
    """The reason why a rule does not apply: a code and its facts."""

    reason: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """The combination of rules: the `best` price or the first applicable rule of `priority`; and the groups that stack."""

    combine: Literal["best", "priority"] = "best"
    priority: tuple[Rule, ...] = ()
    stacks: tuple[frozenset[Rule], ...] = ()


# --- the price -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ruling:
    """The result of one rule. `reason` is a code, `facts` are its figures; without a unit price the rule does not apply.

    A ruling of the rule `stack` has its rulings as `parts`, in the order of the deductions.
    """

    rule: str
    reason: str
    unit_price: Decimal | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    parts: tuple["Ruling", ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """A price with its explanation."""

    base_price: Decimal
    unit_price: Decimal
    quantity: int
    currency: str
    day: date
    chosen: Ruling
    rejected: tuple[Ruling, ...]

    @property
    def amount(self) -> Decimal:
        """The exact amount: the unit price is already rounded, so amounts add up to totals."""
        return self.unit_price * self.quantity

    @property
    def promotions(self) -> frozenset[str]:
        """Ids of the used promotions."""
        used = (self.chosen, *self.chosen.parts)
        return frozenset(ruling.facts["promotion"] for ruling in used if ruling.rule == "promotion")

    @property
    def offers(self) -> frozenset[str]:
        """Ids of the used offers."""
        return offers_of(self.chosen)


def offers_of(chosen: Ruling) -> frozenset[str]:
    """Ids of the offers used by a price of this ruling."""
    return frozenset(ruling.facts["offer"] for ruling in (chosen, *chosen.parts) if ruling.rule == "offer")


class _Applicable(NamedTuple):
    """A rule that applies, with its percent off the base price, or None for a price of its own.

    No price with a part of this rule may be below `floor`.
    """

    ruling: Ruling
    unit_price: Decimal
    percent: Decimal | None
    floor: Decimal = Decimal(0)


# --- the resolver -----------------------------------------------------------------------------------------------------


def resolve(
    goods: Goods,
    quantity: int,
    buyer: Buyer,
    day: date,
    *,
    contracts: Sequence[Contract] = (),
    promotions: Sequence[Promotion] = (),
    offers: Sequence[Offer] = (),
    policy: Policy = Policy(),
) -> Price:
    """The price of `quantity` units for this buyer on this day."""
    applies: list[_Applicable] = []
    refused: list[Ruling] = []
    for each in _rulings(goods, quantity, buyer, day, contracts, promotions, offers):
        if isinstance(each, Ruling):
            refused.append(each)
        else:
            applies.append(each)
    chosen = _by_priority(goods, applies, policy) if policy.combine == "priority" else _best(goods, applies, policy)
    used = chosen.parts or (chosen,)
    outdone = "not_lower" if policy.combine == "best" else "later_in_priority"
    losers = (each.ruling for each in applies if all(each.ruling is not part for part in used))
    rejected = [Ruling(each.rule, outdone, each.unit_price, each.facts, each.parts) for each in losers]
    if chosen.unit_price is None:
        raise ValueError("a chosen ruling has a price")
    return Price(
        base_price=goods.base_price,
        unit_price=chosen.unit_price,
        quantity=quantity,
        currency=goods.currency,
        day=day,
        chosen=chosen,
        rejected=tuple(sorted(rejected + refused, key=lambda ruling: _PLACES[ruling.rule])),
    )


def per_unit(base_price: Decimal, *percents: Decimal) -> Decimal:
    """The base price less the percents, one after the other, rounded half up. The only rounding of a unit price."""
    left = ONE
    for percent in percents:
        left *= (HUNDRED - percent) / HUNDRED
    return round_half_up(base_price * left)


def _best(goods: Goods, applies: Sequence[_Applicable], policy: Policy) -> Ruling:
    """The lowest price; of equal prices the one with fewer rules, then that of the earlier rule."""
    candidates = [each.ruling for each in applies]
    for group in policy.stacks:
        candidates.extend(_stacked(goods, parts) for parts in _combinations(applies, group))
    return min(candidates, key=_worth)


def _by_priority(goods: Goods, applies: Sequence[_Applicable], policy: Policy) -> Ruling:
    """The first applicable rule of the priority, with the discounts that stack on it. Rules outside the priority come last."""
    order: dict[str, int] = {rule: place for place, rule in enumerate(policy.priority)}
    kinds = {each.ruling.rule for each in applies}
    first = min(kinds, key=lambda rule: (order.get(rule, len(order)), -_PLACES[rule]))
    candidates = [each.ruling for each in applies if each.ruling.rule == first]
    for group in policy.stacks:
        if first in group:
            stacked = (
                parts for parts in _combinations(applies, group) if any(each.ruling.rule == first for each in parts)
            )
            candidates.extend(_stacked(goods, parts) for parts in stacked)
    return min(candidates, key=_worth)


def _worth(ruling: Ruling) -> tuple[Decimal, int]:
    if ruling.unit_price is None:
        raise ValueError("only a ruling with a price can be chosen")
    return ruling.unit_price, len(ruling.parts)  # the first of equals


def _combinations(applies: Sequence[_Applicable], group: frozenset[Rule]) -> Iterator[tuple[_Applicable, ...]]:
    """The combinations of discounts of a group: one ruling per rule, at least two rules."""
    by_rule = [
        [each for each in applies if each.ruling.rule == rule and each.percent is not None]
        for rule in RULES
        if rule in group
    ]
    there = [rulings for rulings in by_rule if rulings]
    if len(there) > 1:
        yield from product(*there)


def _stacked(goods: Goods, parts: Sequence[_Applicable]) -> Ruling:
    percents = [each.percent for each in parts if each.percent is not None]
    floor = max(each.floor for each in parts)
    unit_price, facts = _down_to(floor, per_unit(goods.base_price, *percents))
    return Ruling(STACK, "stacked", unit_price, facts, parts=tuple(each.ruling for each in parts))


def _down_to(floor: Decimal, unit_price: Decimal) -> tuple[Decimal, dict[str, str]]:
    """The price, or a higher floor, which is then a fact of the ruling."""
    return (floor, {"floor": plain(floor)}) if unit_price < floor else (unit_price, {})


# --- the rules --------------------------------------------------------------------------------------------------------


def _rulings(
    goods: Goods,
    quantity: int,
    buyer: Buyer,
    day: date,
    contracts: Iterable[Contract],
    promotions: Iterable[Promotion],
    offers: Iterable[Offer],
) -> Iterator[_Applicable | Ruling]:
    """The result of each rule: applicable, or a ruling with the reason why not."""
    yield _Applicable(Ruling("base_price", "listed", goods.base_price), goods.base_price, None)
    yield from _tier_price(goods, buyer)
    yield _tier_discount(goods, buyer)
    for contract in contracts:
        yield from _personal(goods, contract, day)
    for promotion in promotions:
        if promotion.makes_prices and promotion.goods.closeness(goods):
            yield _promotion_ruling(goods, quantity, buyer, day, promotion)
    for offer in offers:
        if offer.goods.closeness(goods):
            yield _offer_ruling(goods, day, offer)


def _tier_price(goods: Goods, buyer: Buyer) -> Iterator[_Applicable]:
    price = goods.price_of(buyer.tier) if buyer.tier else None
    if price is not None:
        facts = _tier_facts(buyer)
        yield _Applicable(Ruling("tier_price", "price_of_tier", price, facts), price, None)


def _tier_discount(goods: Goods, buyer: Buyer) -> _Applicable | Ruling:
    if not buyer.tier:
        return Ruling("tier_discount", "no_tier")
    facts = {**_tier_facts(buyer), "percent": plain(buyer.tier_percent)}
    return _percent_off(goods, "tier_discount", "tier_reached", buyer.tier_percent, facts)


def _tier_facts(buyer: Buyer) -> dict[str, str]:
    return {"tier": buyer.tier, "name": buyer.name or buyer.tier, "name_ru": buyer.name_ru or buyer.tier}


def _personal(goods: Goods, contract: Contract, day: date) -> Iterator[_Applicable | Ruling]:
    price = contract.prices.get(goods.sku)
    closest = max(contract.discounts, key=lambda each: (each.goods.closeness(goods), each.percent), default=None)
    percent = closest.percent if closest and closest.goods.closeness(goods) else None
    facts = {"contract": contract.number}
    out_of_time = _out_of_time(day, contract.first, contract.last)
    if price is not None:
        if out_of_time:
            yield Ruling("personal_price", out_of_time.reason, facts={**facts, **out_of_time.facts})
        elif not contract.counts_in(goods.currency):
            yield Ruling("personal_price", "other_currency", facts={**facts, "currency": contract.currency})
        else:
            yield _Applicable(Ruling("personal_price", "agreed", price, facts), price, None)
    if percent is not None:
        facts = {**facts, "percent": plain(percent)}
        if out_of_time:
            yield Ruling("personal_discount", out_of_time.reason, facts={**facts, **out_of_time.facts})
        else:
            yield _percent_off(goods, "personal_discount", "agreed", percent, facts)


def _promotion_ruling(
    goods: Goods, quantity: int, buyer: Buyer, day: date, promotion: Promotion
) -> _Applicable | Ruling:
    reached = [bracket for bracket in promotion.brackets if quantity >= bracket.from_quantity]
    obstacle = promotion.obstacle(buyer, day)
    if obstacle is None and promotion.limits and promotion.limits.currency not in ("", goods.currency):
        obstacle = Obstacle("other_currency", {"currency": promotion.limits.currency})
    if obstacle is None and not reached:
        obstacle = Obstacle("more_needed", {"quantity": str(promotion.brackets[0].from_quantity)})
    if obstacle:
        return promotion.rejected_by(obstacle)
    bracket = reached[-1]
    facts = {**promotion.facts, "percent": plain(bracket.percent), "quantity": str(bracket.from_quantity)}
    return _percent_off(goods, "promotion", "running", bracket.percent, facts)


def _offer_ruling(goods: Goods, day: date, offer: Offer) -> _Applicable | Ruling:
    facts = {"offer": offer.offer_id, "last": offer.last.isoformat()}
    if offer.percent is not None:
        facts |= {"percent": plain(offer.percent)}
    obstacle = _out_of_time(day, offer.first, offer.last)
    if obstacle:
        return Ruling("offer", obstacle.reason, facts={**facts, **obstacle.facts})
    if offer.currency not in ("", goods.currency):
        return Ruling("offer", "other_currency", facts={**facts, "currency": offer.currency})
    if offer.percent is None:
        if offer.price is None:
            raise ValueError(f"offer {offer.offer_id} has neither a percent nor a price")
        return _Applicable(Ruling("offer", "offered", offer.price, facts), offer.price, None)
    floor = min(offer.floor, goods.base_price)
    unit_price, bound = _down_to(floor, per_unit(goods.base_price, offer.percent))
    return _Applicable(Ruling("offer", "offered", unit_price, {**facts, **bound}), unit_price, offer.percent, floor)


def _out_of_time(day: date, first: date, last: date | None) -> Obstacle | None:
    if day < first:
        return Obstacle("not_yet", {"day": first.isoformat()})
    if last is not None and day > last:
        return Obstacle("over", {"day": last.isoformat()})
    return None


def _percent_off(goods: Goods, rule: Rule, reason: str, percent: Decimal, facts: Mapping[str, str]) -> _Applicable:
    unit_price = per_unit(goods.base_price, percent)
    return _Applicable(Ruling(rule, reason, unit_price, facts), unit_price, percent)


@lru_cache
def plain(number: Decimal) -> str:
    """`7.5`, `10`, never `1E+1`."""
    return f"{number.normalize():f}"
