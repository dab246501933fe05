"""The use of limited promotions by orders.

USED (beside the promotion): uses, units, cost. PROMOTIONS (in the company's partition): the company's uses of each promotion with a
limit per company, in an attribute named by the promotion's id.

Both change in the transaction of the order's step, so concurrent orders cannot exceed a limit. RUNNING, which makes the prices, learns
afterwards whether a promotion is exhausted; until then the counters refuse orders.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Literal, NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform import Context
from chalicelib.pricing.promotions import keys, store
from chalicelib.pricing.rules import Limits
from chalicelib.table import Item, Refused, Transaction, retry

Limit = Literal["uses", "units", "budget", "uses_per_company"]
_OF_COMPANY = "promotions of the company"  # the label of limits per company


class PromotionUsage(NamedTuple):
    """The use of a promotion: orders, units, and the cost, by which the units are cheaper than without it."""

    uses: int = 0
    units: int = 0
    cost: Decimal = Decimal(0)

    def minus(self, other: "PromotionUsage") -> "PromotionUsage":
        return PromotionUsage(self.uses - other.uses, self.units - other.units, self.cost - other.cost)


class Exceeded(NamedTuple):
    """A limit that an order would exceed, and the rest of it in orders, units or money."""

    promotion_id: str
    limit: Limit
    left: Decimal


def usage_of(item: Item | None) -> PromotionUsage:
    if item is None:
        return PromotionUsage()
    return PromotionUsage(int(item.get("uses", 0)), int(item.get("units", 0)), item.get("cost", Decimal(0)))


def company_uses(item: Item | None) -> dict[str, int]:
    """The company's number of orders by promotion."""
    return {name: int(value) for name, value in (item or {}).items() if name not in ("pk", "sk")}


def use_promotions(
    tx: Transaction, company_id: str, more: Mapping[str, PromotionUsage], limits: Mapping[str, Limits]
) -> None:
    """Add to the use of promotions, or give back with negative numbers.

    Refused if a limit would be exceeded; `exceeded_limits` names the limit. Giving back is never refused.
    """
    for promotion_id, used in more.items():
        add = {name: amount for name, amount in used._asdict().items() if amount}
        bounds = [(name, most, add.get(name, 0)) for _, name, most in _bounds(limits[promotion_id])]
        tx.update(keys.promotion_used(promotion_id), add=add, when=_within(bounds), label=_label(promotion_id))
    own = {each: used.uses for each, used in more.items() if used.uses and limits[each].uses_per_company is not None}
    if own:
        bounds = [(each, Decimal(limits[each].uses_per_company or 0), uses) for each, uses in own.items()]
        tx.update(keys.promotions_used(company_id), add=own, when=_within(bounds), label=_OF_COMPANY)


def move_uses(tx: Transaction, company_id: str, to: str, uses: Mapping[str, int]) -> None:
    """The company's uses of promotions, by promotion, are another company's from now on. Never refused."""
    if uses:
        tx.update(keys.promotions_used(company_id), add={each: -number for each, number in uses.items()})
        tx.update(keys.promotions_used(to), add=uses)


def exceeded_limits(
    refused: Refused, more: Mapping[str, PromotionUsage], limits: Mapping[str, Limits]
) -> list[Exceeded]:
    """The limits for which `use_promotions` was refused; none if it was not."""
    found = []
    for promotion_id, asked in more.items():
        if _label(promotion_id) in refused:
            already = usage_of(refused.items[_label(promotion_id)])._asdict()
            for limit, name, most in _bounds(limits[promotion_id]):
                left = max(most - already[name], Decimal(0))
                if asked._asdict()[name] > left:
                    found.append(Exceeded(promotion_id, limit, left))
    if _OF_COMPANY in refused:
        own = company_uses(refused.items[_OF_COMPANY])
        for promotion_id, asked in more.items():
            per_company = limits[promotion_id].uses_per_company
            if per_company is not None and asked.uses > max(per_company - own.get(promotion_id, 0), 0):
                found.append(Exceeded(promotion_id, "uses_per_company", Decimal(0)))
    return found


def is_exhausted(limits: Limits, used: PromotionUsage) -> bool:
    """Whether a limit is reached. A rest of a budget below a unit's cost stays unused."""
    return any(used._asdict()[name] >= most for _, name, most in _bounds(limits))


def _label(promotion_id: str) -> str:
    return f"promotion {promotion_id}"


def _bounds(limits: Limits) -> list[tuple[Limit, str, Decimal]]:
    """The limits of all orders together, each with the field of `PromotionUsage` that it bounds."""
    known: tuple[tuple[Limit, str, Decimal | int | None], ...] = (
        ("uses", "uses", limits.uses),
        ("units", "units", limits.units),
        ("budget", "cost", limits.budget),
    )
    return [(limit, name, Decimal(most)) for limit, name, most in known if most is not None]


def _within(bounds: Iterable[tuple[str, Decimal, Decimal | int]]) -> ConditionBase | None:
    """The condition that each attribute plus its increase stays within its bound."""
    conditions: list[ConditionBase] = []
    for name, most, more in bounds:
        if more > 0:
            fits = Attr(name).lte(most - more)
            conditions.append(fits | Attr(name).not_exists() if most >= more else fits)
    return reduce(and_, conditions) if conditions else None


# --- the effect on prices ---------------------------------------------------------------------------------------------


@retry("used", "running")
def follow_limits(context: Context, promotion_id: str) -> None:
    """Update the exhaustion of the promotion in RUNNING from its counters. Safe to repeat."""
    running = store.running_item(context.table, consistent=True)
    planned = next((each for each in store.running(running) if each.promotion_id == promotion_id), None)
    if running is None or planned is None or planned.limits is None:
        return
    item = context.table.get(keys.promotion_used(promotion_id), consistent=True)
    used_up = is_exhausted(planned.limits, usage_of(item))
    if used_up == planned.exhausted:
        return
    others = store.exhausted(running) - {promotion_id}
    tx = Transaction()
    tx.check(keys.promotion_used(promotion_id), _unchanged(item), label="used")
    now = others | {promotion_id} if used_up else others
    store.replace_running(tx, running, running["promotions"], now, context.at)
    context.table.commit(tx)


def _unchanged(item: Item | None) -> ConditionBase:
    if item is None:
        return Attr("pk").not_exists()
    figures = [name for name in PromotionUsage._fields if name in item]
    return reduce(and_, (Attr(name).eq(item[name]) for name in figures), Attr("pk").exists())
