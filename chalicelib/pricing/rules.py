"""What goods cost a buyer on a day. Pure: the same input gives the same price, whoever asks.

Each rule of `RULES` looks at the facts and either names a unit price or says why it does not apply. The lowest price wins; of
equal prices, that of the earlier rule. A price carries its explanation: the rule that was chosen and what became of the others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from chalicelib.platform.money import round_half_up

HUNDRED = Decimal(100)


class Goods(Protocol):
    """What a price depends on in a product."""

    @property
    def base_price(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Buyer:
    """What a company brings to its price: a tier, with its name in both languages; without one, `tier` is empty."""

    tier: str = ""
    name: str = ""
    name_ru: str = ""
    tier_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule said. `reason` is a code, `facts` are the figures it rests on; without a unit price it does not apply."""

    rule: str
    reason: str
    unit_price: Decimal | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Price:
    """The answer, with its explanation."""

    base_price: Decimal
    unit_price: Decimal
    quantity: int
    currency: str
    day: date
    chosen: Ruling
    rejected: tuple[Ruling, ...]

    @property
    def amount(self) -> Decimal:
        """Exact: the unit price is rounded already, so amounts add up to totals by themselves."""
        return self.unit_price * self.quantity


def resolve(goods: Goods, quantity: int, buyer: Buyer, day: date) -> Price:
    """The price of `quantity` units for this buyer on this day."""
    rulings = [rule(goods, buyer) for rule in RULES]
    priced = [(ruling.unit_price, ruling) for ruling in rulings if ruling.unit_price is not None]
    unit_price, chosen = min(priced, key=lambda pair: pair[0])  # the first of equals
    return Price(
        base_price=goods.base_price,
        unit_price=unit_price,
        quantity=quantity,
        currency=goods.currency,
        day=day,
        chosen=chosen,
        rejected=tuple(_rejected(ruling) for ruling in rulings if ruling is not chosen),
    )


def per_unit(base_price: Decimal, percent: Decimal) -> Decimal:
    """The base price less so many percent. The one point at which a unit price is rounded."""
    return round_half_up(base_price * (HUNDRED - percent) / HUNDRED)


def _rejected(ruling: Ruling) -> Ruling:
    return ruling if ruling.unit_price is None else replace(ruling, reason="not_lower")


def _base_price(goods: Goods, buyer: Buyer) -> Ruling:
    return Ruling("base_price", "listed", goods.base_price)


def _tier_discount(goods: Goods, buyer: Buyer) -> Ruling:
    if not buyer.tier:
        return Ruling("tier_discount", "no_tier")
    names = {"tier": buyer.tier, "name": buyer.name or buyer.tier, "name_ru": buyer.name_ru or buyer.tier}
    facts = {**names, "percent": f"{buyer.tier_percent.normalize():f}"}
    return Ruling("tier_discount", "tier_reached", per_unit(goods.base_price, buyer.tier_percent), facts)


RULES: tuple[Callable[[Goods, Buyer], Ruling], ...] = (_base_price, _tier_discount)
