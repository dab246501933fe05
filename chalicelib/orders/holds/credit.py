"""The open orders and debts of a company against its credit limit.

CREDIT: `currency`; `used`, the amount of goods on order and not shipped yet and of unpaid shipments on credit; and an attribute `debt:{id}`
{document, amount, due_on} for each unpaid shipment on credit.

`used` moves in the transactions of the order's own steps, so it is exact at any moment, and simultaneous orders cannot pass the limit. A
shipment is on credit if a deferral or a limit is agreed on its day; the club keeps no other debts. All amounts are in the company's currency:
orders in another currency do not count.

    placed            used + total                          refused where that passes the limit
    accepted, shipped used by what the order's open amount loses; a shipment on credit stays in it as a debt
    rejected, …       used - what was still open
    confirmed         used + what it grows by               refused where that passes the limit
    paid, returned    used - the debt, or what came back    payment.recorded, order.shipped, sale.recorded in any order: `settle`

The books are the authority on an invoice: a debt is what they say that it is, once they told of the shipment.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

# By its room: placing an order needs no sale, so the first one imports none.
from chalicelib import sales
from chalicelib.orders import keys as orders_keys
from chalicelib.orders.holds import keys
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.rules import OnCredit, Order, OrderState, Shipment
from chalicelib.platform import Context, Problem, derived_id, line_sum, same_currency
from chalicelib.pricing import OrderTerms
from chalicelib.table import Item, Refused, Transaction, retry

MOST_DEBTS = 1000  # of a company that still orders: an item holds about 2,500, and what is ordered by then still ships
_DEBT = "debt:"
_OPEN = {OrderState.PLACED, OrderState.CHANGED, OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED}


class Debt(NamedTuple):
    """An unpaid shipment on credit. `due_on`: None without a deferral."""

    document: str
    amount: Decimal
    due_on: date | None


# --- placing ----------------------------------------------------------------------------------------------------------


def used_credit(item: Item | None) -> Decimal:
    return item.get("used", Decimal(0)) if item else Decimal(0)


def overdue_debts(item: Item | None, day: date) -> list[Debt]:
    """Debts due before this day, oldest first."""
    return [debt for debt in debts_of(item) if debt.due_on is not None and debt.due_on < day]


def debts_of(item: Item | None) -> list[Debt]:
    """All debts by due date; those without one come last."""
    return sorted(_debts(item), key=lambda debt: (debt.due_on or date.max, debt.document))


def hold(tx: Transaction, placing: Placing) -> None:
    """Adds the order's total to `used`. Refused with label `credit` beyond the limit."""
    order = placing.order
    if order.other_currency:
        return
    total = order.total
    within = _within(order.currency, _limit(order, placing.cart), total)
    put = {"currency": order.currency}
    tx.update(keys.credit(order.company_id), put=put, add={"used": total}, when=within, label="credit")


def _limit(order: Order, cart: PricedCart) -> Decimal | None:
    """Agreed in the order's own currency: its articles may be sold in another one by now."""
    return cart.conditions.order_terms(cart.day, order.currency).credit_limit


def _within(currency: str, limit: Decimal | None, gained: Decimal) -> ConditionBase:
    """Condition that `used` is in this currency, and that with the gained amount it stays within the limit."""
    alike = Attr("currency").not_exists() | Attr("currency").eq(currency)
    if limit is None:
        return alike
    room = limit - gained
    fits = Attr("used").lte(room)
    return alike & (fits | Attr("used").not_exists() if room >= 0 else fits)


def problem(refused: Refused, placing: Placing) -> Problem | None:
    """The problem of an order that passes the limit. Raises `MixedCurrencies` where the account is in another currency."""
    order, limit = placing.order, _limit(placing.order, placing.cart)
    if "credit" not in refused:
        return None
    same_currency((refused.items["credit"] or {}).get("currency", order.currency), order.currency)
    if limit is None:
        return None
    already = used_credit(refused.items["credit"])
    left = max(limit - already, Decimal(0))
    room = f"Of {limit:.2f} {order.currency} there are {left:.2f} left"
    sentence = f"{room}; the order {'would grow' if placing.before else 'comes'} to {order.total:.2f}."
    figures = {"limit": limit, "used": already, "left": left, "total": order.total}
    extra = {name: {"amount": f"{amount:.2f}", "currency": order.currency} for name, amount in figures.items()}
    return Problem("credit_exceeded", sentence, extra=extra)


# --- every further step -----------------------------------------------------------------------------------------------


def follow(tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
    """Moves `used` by the change of the open amount, and adds the debts of new shipments."""
    if after.other_currency:
        return
    owed = [each for each in after.shipments[len(before.shipments) :] if each.on_credit]
    gained = _open(after) - _open(before) + sum(each.total for each in owed)
    # A debt of nothing would stay for ever, since no payment comes for it.
    debts = {_attribute(after, each.document): _debt(each, each.total) for each in owed if each.total}
    if not gained and not debts:
        return
    limit = _limit(after, cart) if cart and gained > 0 else None
    tx.update(
        keys.credit(after.company_id),
        put={"currency": after.currency, **debts},
        add={"used": gained} if gained else None,
        when=_within(after.currency, limit, gained),
        label="credit",
    )


def move(tx: Transaction, context: Context, before: Order, after: Order) -> None:
    """The other company owes what the order makes it owe, even beyond its limit. Refused with label `credit` if a debt changed meanwhile."""
    if before.other_currency:
        return
    item = context.table.get(keys.credit(before.company_id), consistent=True) or {}
    names = [_attribute(before, each.document) for each in before.shipments if each.on_credit]
    debts = {name: item[name] for name in names if name in item}
    amount = _open(before) + sum(debt["amount"] for debt in debts.values())
    if not amount and not debts:
        return
    unchanged = reduce(and_, (Attr(name).eq(debt) for name, debt in debts.items())) if debts else None
    leaves, comes = keys.credit(before.company_id), keys.credit(after.company_id)
    tx.update(leaves, add={"used": -amount}, remove=tuple(debts), when=unchanged, label="credit")
    put = {"currency": after.currency, **debts}
    tx.update(comes, put=put, add={"used": amount}, when=_within(after.currency, None, amount), label="credit there")


def on_credit(agreed: OrderTerms, shipped_on: date) -> OnCredit | None:
    """Credit terms of a shipment of this day; None if none are agreed."""
    if agreed.deferral_days is not None:
        return OnCredit(shipped_on + timedelta(days=agreed.deferral_days))
    return OnCredit(None) if agreed.credit_limit is not None else None


def _open(order: Order) -> Decimal:
    """Amount of the units that are agreed and not shipped."""
    if order.state not in _OPEN:
        return Decimal(0)
    return sum((line_sum(line.unit_price, line.left, line.shipped) for line in order.lines), Decimal(0))


# --- paying -----------------------------------------------------------------------------------------------------------


def settle(context: Context, company_id: str, distributor_id: str, order_id: str, document: str) -> None:
    """Sets the debt of a shipment to its amount less returns, or removes it once paid. Safe to repeat.

    The facts are read once more after a write: the consumer of a change in between may have found the debt as it should be.
    """
    while _settle_once(
        context, company_id, (sales.ORDERS, f"{distributor_id}:{order_id}/{document}"), order_id, document
    ):
        pass


@retry("payment", "order", "debt")
def _settle_once(context: Context, company_id: str, ref: "sales.DocumentRef", order_id: str, document: str) -> bool:
    """False if nothing was to be written. The write is refused, and tried again, if order, payment or debt changed since the read."""
    whole, credit = orders_keys.order(company_id, order_id), keys.credit(company_id)
    found = context.table.get_many([whole, credit], consistent=True)
    if whole not in found:
        return False  # it goes to another company, and is settled again once it is there
    order = order_store.order_of(found[whole])
    shipment = next((each for each in order.shipments if each.document == document), None)
    if shipment is None or shipment.on_credit is None:
        return False
    payment = sales.payment_of(context, ref)
    name = _attribute(order, document)
    present = found.get(credit, {}).get(name, {}).get("amount", Decimal(0))
    owed = Decimal(0) if payment.paid_on else _net(context, order, shipment, ref)
    if owed == present:
        return False
    tx = Transaction()
    sales.check_payment(tx, payment)
    order_store.check_version(tx, order)
    tx.update(
        credit,
        put={name: _debt(shipment, owed)} if owed else None,
        remove=() if owed else (name,),
        add={"used": owed - present},
        when=Attr(f"{name}.amount").eq(present) if present else Attr(name).not_exists(),
        label="debt",
    )
    context.table.commit(tx)
    return True


def _net(context: Context, order: Order, shipment: Shipment, ref: "sales.DocumentRef") -> Decimal:
    """Amount of a shipment less its returns: of the document that it became, and of the order until it is one in the order's currency."""
    recorded = sales.net_amount(context, ref, order.company_id)
    if recorded and recorded.currency == order.currency:
        return recorded.amount
    came_back = (line.amount for line in order.came_back if line.document == shipment.document)
    return shipment.total - sum(came_back, Decimal(0))


def _debt(shipment: Shipment, amount: Decimal) -> Item:
    due = {"due_on": shipment.on_credit.due_on.isoformat()} if shipment.on_credit and shipment.on_credit.due_on else {}
    return {"document": shipment.document, "amount": amount, **due}


def _attribute(order: Order, document: str) -> str:
    """A name without a point or bracket, which would be read as a path."""
    return _DEBT + derived_id("dbt", order.order_id, document)


def _debts(item: Item | None) -> Iterator[Debt]:
    for name, value in (item or {}).items():
        if name.startswith(_DEBT):
            due = date.fromisoformat(value["due_on"]) if "due_on" in value else None
            yield Debt(value["document"], value["amount"], due)
