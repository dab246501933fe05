"""The facts that a price follows from: goods, buyers, contracts, promotions, offers; and the price with its explanation. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from chalicelib.platform import line_sum

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
PLACES: Mapping[str, int] = {rule: place for place, rule in enumerate(RULES)}
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


class Buyer(NamedTuple):
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
    uses: Mapping[str, int] = MappingProxyType({})


class Selection(NamedTuple):
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
        return self._replace(categories=frozenset(code for top in self.categories for code in below(top)))


class Discount(NamedTuple):
    """A percent off the selected goods."""

    goods: Selection
    percent: Decimal


class Contract(NamedTuple):
    """Personal terms from `first` to `last`, if any: prices by article, discounts, conditions of orders.

    Its sums hold for goods sold in `currency`; for goods in any currency if it is empty.
    """

    number: str
    first: date
    last: date | None = None
    prices: Mapping[str, Decimal] = MappingProxyType({})
    discounts: tuple[Discount, ...] = ()
    minimum_order: Decimal | None = None
    deferral_days: int | None = None
    credit_limit: Decimal | None = None
    currency: str = ""

    def with_subcategories(self, below: Subcategories) -> "Contract":
        discounts = tuple(each._replace(goods=each.goods.with_subcategories(below)) for each in self.discounts)
        return self._replace(discounts=discounts)

    def counts_in(self, currency: str) -> bool:
        return self.currency in ("", currency)


class OrderTerms(NamedTuple):
    """The terms for orders of a company in a currency on a day; None for terms that its contracts leave open.

    Of several contracts the best for the company counts: the lowest minimum, the longest deferral, the highest limit. `contract`: the number
    of the only one; empty where several hold, since nobody can tell under which of them goods go out.
    """

    minimum_order: Decimal | None
    deferral_days: int | None
    credit_limit: Decimal | None
    contract: str


def order_terms(contracts: Iterable[Contract], day: date, currency: str) -> OrderTerms:
    holding = [
        each for each in contracts if each.counts_in(currency) and out_of_time(day, each.first, each.last) is None
    ]
    return OrderTerms(
        minimum_order=min((each.minimum_order for each in holding if each.minimum_order is not None), default=None),
        deferral_days=max((each.deferral_days for each in holding if each.deferral_days is not None), default=None),
        credit_limit=max((each.credit_limit for each in holding if each.credit_limit is not None), default=None),
        contract=holding[0].number if len(holding) == 1 else "",
    )


class Bracket(NamedTuple):
    """A percent from `from_quantity` units on."""

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


class Promotion(NamedTuple):
    """An approved promotion. Percents rise with the quantity, so a larger quantity never costs more per unit.

    It has either `brackets` or `free_goods`; free goods make no price. Brackets count the units of a line; with `across_articles`, those of all
    its goods in the order. `months` are the months of its season; empty for all. `least_sum` (inclusive) and `most_sum` (exclusive) bound the
    buyer's window sum, in the currency `sums_in`. `display` is set for a display deal, `exhausted` once a limit is reached.
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
    across_articles: bool = False

    @property
    def makes_prices(self) -> bool:
        """Whether it lowers a price; free goods leave the price as it is."""
        return bool(self.brackets)

    @property
    def is_for_a_size(self) -> bool:
        """Whether it is for small or for large clients."""
        return self.least_sum is not None or self.most_sum is not None

    def with_subcategories(self, below: Subcategories) -> "Promotion":
        return self._replace(goods=self.goods.with_subcategories(below))

    @property
    def facts(self) -> dict[str, str]:
        """The facts of each of its rulings."""
        return {"promotion": self.promotion_id, "name": self.name, "name_ru": self.name_ru}

    def rejected_by(self, obstacle: "Obstacle") -> "Ruling":
        return Ruling("promotion", obstacle.reason, facts={**self.facts, **obstacle.facts})

    def out_of_time(self, day: date) -> "Obstacle | None":
        """The reason why it holds for nobody on this day; None if it holds for somebody."""
        if self.months and day.month not in self.months:
            return out_of_time(day, self.first, self.last) or Obstacle("out_of_season", {})
        return out_of_time(day, self.first, self.last)

    def obstacle(self, buyer: Buyer, day: date) -> "Obstacle | None":
        """The reason why it does not hold for this buyer on this day, for any goods; None if it holds."""
        obstacle = self.out_of_time(day)
        if obstacle:
            return obstacle
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


class Offer(NamedTuple):
    """An offer of the staff to one company for one order: a percent off, a price, or free delivery.

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
    free_delivery: bool = False

    def delivers(self, several: Iterable[Goods], day: date) -> bool:
        """Whether it makes the delivery of an order of these goods free."""
        in_time = out_of_time(day, self.first, self.last) is None
        return self.free_delivery and in_time and any(self.goods.closeness(each) for each in several)

    def with_subcategories(self, below: Subcategories) -> "Offer":
        return self._replace(goods=self.goods.with_subcategories(below))


class Obstacle(NamedTuple):
    """The reason why a rule does not apply: a code and its facts."""

    reason: str
    facts: Mapping[str, str]


class Policy(NamedTuple):
    """The combination of rules: the `best` price or the first applicable rule of `priority`; and the groups that stack."""

    combine: Literal["best", "priority"] = "best"
    priority: tuple[Rule, ...] = ()
    stacks: tuple[frozenset[Rule], ...] = ()


# --- the price -------------------------------------------------------------------------------------------------------


class Ruling(NamedTuple):
    """The result of one rule. `reason` is a code, `facts` are its figures; without a unit price the rule does not apply.

    A ruling of the rule `stack` has its rulings as `parts`, in the order of the deductions.
    """

    rule: str
    reason: str
    unit_price: Decimal | None = None
    facts: Mapping[str, str] = MappingProxyType({})
    parts: tuple["Ruling", ...] = ()


class Price(NamedTuple):
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
        """Rounded, so that amounts add up to totals."""
        return line_sum(self.unit_price, self.quantity)

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


def out_of_time(day: date, first: date, last: date | None) -> Obstacle | None:
    if day < first:
        return Obstacle("not_yet", {"day": first.isoformat()})
    if last is not None and day > last:
        return Obstacle("over", {"day": last.isoformat()})
    return None


@lru_cache
def plain(number: Decimal) -> str:
    """`7.5`, `10`, never `1E+1`."""
    return f"{number.normalize():f}"
