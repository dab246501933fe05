"""The share of an order in the limits of promotions: one use, its units at the promotion's price, and their cost.

The share follows from the order alone, so the counters are the sums over all orders.

    placed           takes what was ordered
    accepted, …      takes what was agreed: what will not come is given back; nothing of it at all, and the order counts no more
    rejected, …      gives all back
    shipped          takes what it took; what comes back to the distributor does not give anything back: it was sold at that price
"""

from collections.abc import Mapping

from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.rules import Order, OrderState
from chalicelib.platform import Problem, unit_price_text
from chalicelib.pricing import Limits, PromotionUsage, exceeded_limits, move_uses, plain, use_promotions
from chalicelib.table import Refused, Transaction

_NOTHING = {OrderState.REJECTED, OrderState.CANCELLED}
_LEFT = {
    "uses": "is left for {left} more orders",
    "units": "has {left} units left",
    "budget": "has {left} of its budget left",
    "uses_per_company": "was used by the company as often as it may be",
}


def usage_of(order: Order) -> dict[str, PromotionUsage]:
    """By promotion; only those that have limits."""
    found: dict[str, PromotionUsage] = {}
    for line in order.lines:
        if line.promoted and line.agreed and order.state not in _NOTHING:
            used = found.get(line.promoted.promotion_id, PromotionUsage(uses=1))
            found[line.promoted.promotion_id] = used._replace(
                units=used.units + line.agreed, cost=used.cost + line.promoted.cost * line.agreed
            )
    return found


def hold(tx: Transaction, placing: Placing) -> None:
    use_promotions(tx, placing.order.company_id, usage_of(placing.order), _limits(placing.order))


def follow(tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
    """Refused only for an order that grows beyond a limit."""
    use_promotions(tx, after.company_id, _more(usage_of(before), usage_of(after)), _limits(before) | _limits(after))


def move(tx: Transaction, before: Order, after: Order) -> None:
    """The uses of promotions with a limit per company count for the other company from now on, even beyond the limit."""
    bounds = _limits(before)
    own = {each: used.uses for each, used in usage_of(before).items() if bounds[each].uses_per_company is not None}
    move_uses(tx, before.company_id, after.company_id, own)


def problem(refused: Refused, placing: Placing) -> Problem | None:
    """Names the exceeded limits, and the prices of a new order without their promotions."""
    order = placing.order
    before = usage_of(placing.before) if placing.before else {}
    found = exceeded_limits(refused, _more(before, usage_of(order)), _limits(order))
    if not found:
        return None
    named = {each.promotion_id: each for each in placing.cart.conditions.promotions}
    promotions = []
    for each in found:
        promotion = named.get(each.promotion_id)
        names = {"name": promotion.name, "name_ru": promotion.name_ru} if promotion else {}
        promotions.append({"promotion_id": each.promotion_id, **names, "limit": each.limit, "left": plain(each.left)})
    summary = "; ".join(
        f"Promotion {each.get('name', each['promotion_id'])} {_LEFT[each['limit']].format(left=each['left'])}"
        for each in promotions
    )
    if placing.before:
        return Problem(
            "promotion_exhausted", f"Of what the order grew by: {summary}.", extra={"promotions": promotions}
        )
    detail = f"{summary}. To order without, name it in `without_promotions`."
    lines = _without(placing, {each.promotion_id for each in found})
    return Problem("promotion_exhausted", detail, extra={"promotions": promotions, "lines": lines})


def _without(placing: Placing, promotions: set[str]) -> list[dict[str, object]]:
    """The lines at the price of these promotions, and what they cost without."""
    cart = placing.cart.without(promotions)
    return [
        {
            "sku": line.sku,
            "unit_price": {"amount": unit_price_text(line.unit_price), "currency": placing.order.currency},
            "without_promotion": {
                "amount": unit_price_text(cart.price(asked).unit_price),
                "currency": placing.order.currency,
            },
        }
        for line, asked in zip(placing.order.lines, cart.asked, strict=True)
        if line.promoted and line.promoted.promotion_id in promotions
    ]


def _more(before: Mapping[str, PromotionUsage], after: Mapping[str, PromotionUsage]) -> dict[str, PromotionUsage]:
    every = {
        each: after.get(each, PromotionUsage()).minus(before.get(each, PromotionUsage()))
        for each in {**before, **after}
    }
    return {each: used for each, used in every.items() if any(used)}


def _limits(order: Order) -> dict[str, Limits]:
    return {line.promoted.promotion_id: line.promoted.limits for line in order.lines if line.promoted}
