"""The bounds of what one person agrees with a company. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from chalicelib.pricing.rules import HUNDRED, Contract


class Bounds(NamedTuple):
    """The largest discount in percent, also by a price against the base price, the largest credit limit, and the most days to pay."""

    percent: Decimal
    credit: Decimal
    deferral_days: int


def needs_two(
    contracts: Iterable[Contract], present: Iterable[Contract], base_prices: Mapping[str, Decimal], bounds: Bounds
) -> bool:
    """Whether some contract gives more than the bounds, and more than it gives at present. A price of an article without a base price does."""
    before = {each.number: each for each in present}
    return any(_gives_more(each, _kept(before.get(each.number), each), base_prices, bounds) for each in contracts)


def prices_to_judge(contracts: Iterable[Contract], present: Iterable[Contract]) -> set[str]:
    """The articles whose prices are not those of the present contracts."""
    before = {each.number: each for each in present}
    return {
        sku
        for each in contracts
        for kept in [_kept(before.get(each.number), each)]
        for sku, price in each.prices.items()
        if not _as_before(kept, sku, price)
    }


def _kept(before: Contract | None, after: Contract) -> Contract | None:
    """The contract as it is at present, if it holds on all days of the new one."""
    if before is None or after.first < before.first:
        return None
    longer = before.last is not None and (after.last is None or after.last > before.last)
    return None if longer else before


def _as_before(kept: Contract | None, sku: str, price: Decimal) -> bool:
    return kept is not None and sku in kept.prices and kept.prices[sku] <= price


def _gives_more(contract: Contract, kept: Contract | None, base_prices: Mapping[str, Decimal], bounds: Bounds) -> bool:
    for discount in contract.discounts:
        known = kept.discounts if kept else ()
        if discount.percent > bounds.percent and not any(
            each.goods == discount.goods and each.percent >= discount.percent for each in known
        ):
            return True
    for sku, price in contract.prices.items():
        base = base_prices.get(sku)
        within = base is not None and price >= base * (HUNDRED - bounds.percent) / HUNDRED
        if not within and not _as_before(kept, sku, price):
            return True
    credit, days = _credit(contract), contract.deferral_days or 0
    before = (_credit(kept), kept.deferral_days or 0) if kept else (Decimal(0), 0)
    return credit > max(bounds.credit, before[0]) or days > max(bounds.deferral_days, before[1])


def _credit(contract: Contract) -> Decimal:
    """The largest debt that the contract allows: without end where it gives days to pay and sets no limit."""
    if contract.credit_limit is None:
        return Decimal("Infinity") if contract.deferral_days else Decimal(0)
    return contract.credit_limit
