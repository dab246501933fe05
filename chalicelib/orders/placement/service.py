"""Placing an order: load, decide, one transaction.

An order of 20 lines takes three reads, one of them for the Idempotency-Key, and one transaction: all items with known keys are read in one
batch, and the distributor that the batch names in a second one. A delivery address takes one read more, a consistent one, since the buyer
may have added it a moment ago.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chalicelib import companies, distributors
from chalicelib.companies import company_key
from chalicelib.distributors import Deliverer, Distributor
from chalicelib.members import Member, Membership, member_key, membership_key
from chalicelib.orders.config import Orders
from chalicelib.orders.holds import credit
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.orders.holds.service import HOLDS
from chalicelib.orders.order import carts
from chalicelib.orders.order import rules as order_rules
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.model import Delivery, DeliveryMethod
from chalicelib.orders.order.rules import Actor, HistoryEntry, Order, OrderState, OrderStep, Side
from chalicelib.orders.placement import steps
from chalicelib.orders.quoting import deliverers
from chalicelib.orders.quoting.schemas import OrderDeliveryForm, OrderForm
from chalicelib.orders.quoting.spelling import forgiving
from chalicelib.platform import DAY, Context, Money, Problem, derived_id, hold_throttle, unit_price_text
from chalicelib.pricing import Price, promised_free_goods
from chalicelib.table import Item, Key, Refused, Transaction


def place(
    context: Context,
    company_id: str,
    member_id: str,
    form: OrderForm,
    *,
    side: Side = "company",
    also: Callable[[Transaction], None] | None = None,
) -> Order:
    """As `_place`; articles need not be spelled as in the catalogue."""
    return forgiving(context, form, lambda meant: _place(context, company_id, member_id, meant, side, also))


def _place(
    context: Context,
    company_id: str,
    member_id: str,
    form: OrderForm,
    side: Side,
    also: Callable[[Transaction], None] | None,
) -> Order:
    """Raises 403 while ordering is locked, 422 for lines that cannot be ordered, or if nobody delivers, 429 for too many orders of a day.

    `side`: "staff" for an order of the club, which needs no profile and raises 404 for an unknown company. `also` adds to the order's
    transaction.
    """
    by = Actor(side, member_id)
    asked = [line.asked() for line in form.lines]
    named = distributors.distributor_key(form.distributor_id) if form.distributor_id else None
    found = context.table.get_many(
        [
            company_key(company_id),
            holds_keys.credit(company_id),
            *_keys_of(by),
            *([named] if named else []),
            *carts.keys_of(company_id, asked),
        ]
    )
    company = _ordering(context, company_id, by, found)
    delivery = _delivery(context, company_id, form.delivery)
    cart = carts.cart_of(context, company_id, asked, found).without(form.without_promotions, form.without_offers)
    if cart.line_faults:
        raise steps.line_faults_problem(cart.line_faults)
    prices = [cart.price(line) for line in asked]
    _require_quoted(form, prices)
    _require_minimum(context, cart, prices)
    _require_nothing_overdue(context, found.get(holds_keys.credit(company_id)))
    deliverer = _named(found.get(named)) if named else _responsible(context, company.distributor_id, company.region)
    cart = replace(cart, delivers_from=deliverer.delivers_from)
    binding = deliverer.delivers_from.binding
    order_id = context.new_id("ord")
    placed = Order(
        order_id=order_id,
        number=order_rules.order_number(context.today, order_id),
        company_id=company_id,
        company_name=company.name,
        company_inn=company.inn or "",
        distributor_id=deliverer.distributor_id,
        distributor_name=deliverer.name,
        placed_at=context.at,
        currency=cart.currency,
        comment=form.comment,
        buyer_order_number=form.buyer_order_number,
        delivery=_at_the_price(delivery, cart),
        state=OrderState.PLACED,
        lines=tuple(
            order_rules.line_of(
                line.sku,
                cart.products[line.sku],
                price,
                promoted=cart.promoted(line, price),
                available=None if binding else cart.available(line.sku),
            )
            for line, price in zip(asked, prices, strict=True)
        ),
        reserves=binding,
        other_currency=cart.currency != company.currency,
        history=(HistoryEntry(context.at, OrderStep.PLACED, OrderState.PLACED, by),),
        promises=promised_free_goods(cart.free_goods, lambda promotion_id: derived_id("gft", order_id, promotion_id)),
    )
    placing = Placing(placed, cart)
    tx = Transaction()
    if side == "company":
        hold_throttle(tx, context, "orders", company_id, context.config[Orders].orders_per_company_per_day, DAY)
    else:
        companies.check_not_joined(tx, company_id)  # people of a joined company have left it
    order_store.create_order(tx, placed)
    for hold in HOLDS:
        hold.hold(tx, placing)
    steps.record_step(tx, context, placed)
    if also:
        also(tx)
    context.reply(tx, placed)
    try:
        context.table.commit(tx)
    except Refused as refused:
        raise _problem(refused, placing) or refused from None
    return placed


def _problem(refused: Refused, placing: Placing) -> Problem | None:
    """The problem of a refused transaction; None if the request was done before."""
    return steps.refusal_problem(refused) or steps.hold_problem(refused, placing)


def _keys_of(by: Actor) -> list[Key]:
    """The keys of the person who orders. None for staff: nothing of theirs is asked."""
    return [] if by.side == "staff" else [member_key(by.member_id), membership_key(by.member_id)]


def _ordering(context: Context, company_id: str, by: Actor, found: Mapping[Key, Item]) -> companies.Company:
    """The company of the order. Raises 403 for a person who may not order for it."""
    profile = found.get(company_key(company_id))
    if by.side == "staff":
        if profile is None:
            raise Problem("not_found")
        return companies.Company.from_item(profile)
    person = found.get(member_key(by.member_id))
    membership = found.get(membership_key(by.member_id))
    if profile is None or person is None or membership is None or membership["owner"] != company_id:
        raise Problem.role_lost()
    missing = companies.missing_facts(context, "ordering", Member.from_item(person), Membership.from_item(membership))
    if missing:
        detail = "Ordering opens when your profile is complete: PATCH /v1/me."
        raise Problem("cabinet_locked", detail, extra={"missing": missing})
    return companies.Company.from_item(profile)


def _delivery(context: Context, company_id: str, form: OrderDeliveryForm | None) -> Delivery | None:
    """Raises 422 for a day in the past, and for an address that is not the company's."""
    if form is None:
        return None
    if form.wished_on and form.wished_on < context.today:
        raise Problem.invalid("in_past", "/delivery/wished_on", f"This day is over: today is {context.today}.")
    address = companies.read_address(context, company_id, form.address_id) if form.address_id else None
    if form.address_id and address is None:
        raise Problem.invalid("unknown_address", "/delivery/address_id", "The company has no such delivery address.")
    return Delivery(form.method, address, form.wished_on, form.partial_shipment)


def _at_the_price(delivery: Delivery | None, cart: PricedCart) -> Delivery | None:
    """The delivery with the offer that makes it free. A pick-up needs none."""
    if delivery is None or delivery.method is DeliveryMethod.PICKUP:
        return delivery
    return delivery._replace(offer_id=cart.free_delivery)


def _require_quoted(form: OrderForm, prices: Sequence[Price]) -> None:
    """Raises 409 with the new prices if a quoted price changed."""
    changed = [
        {
            "sku": line.sku,
            "quoted": unit_price_text(line.unit_price),
            "unit_price": {"amount": unit_price_text(price.unit_price), "currency": price.currency},
        }
        for line, price in zip(form.lines, prices, strict=True)
        if line.unit_price is not None and line.unit_price != price.unit_price
    ]
    if changed:
        raise Problem("price_changed", "Read the new prices, and order again.", extra={"lines": changed})


def _require_minimum(context: Context, cart: PricedCart, prices: Sequence[Price]) -> None:
    minimum = carts.minimum_of(context, cart)
    total = Money.total(cart.currency, (Money.of(price.amount, price.currency) for price in prices))
    if not carts.reaches(cart, minimum, total):
        detail = f"The smallest order is {minimum.amount:.2f} {cart.currency}; this one comes to {total.amount:.2f}."
        raise Problem.invalid("below_minimum", "/lines", detail)


def _require_nothing_overdue(context: Context, item: Item | None) -> None:
    if len(credit.debts_of(item)) >= credit.MOST_DEBTS:
        raise Problem("credit_exceeded", f"{credit.MOST_DEBTS} shipments are not paid yet: pay some, then order.")
    late = credit.overdue_debts(item, context.today)
    if late:
        documents = [
            {"document": debt.document, "amount": f"{debt.amount:.2f}", "due_on": str(debt.due_on)} for debt in late
        ]
        raise Problem("debt_overdue", "Pay first, then order.", extra={"documents": documents})


def _named(item: Item | None) -> Deliverer:
    if item is None:
        raise Problem.invalid("unknown_distributor", "/distributor_id", "There is no such distributor.")
    return Distributor.from_item(item).deliverer


def _responsible(context: Context, own: str | None, region: str | None) -> Deliverer:
    found = deliverers.responsible(context, own, region)
    if found is None and region is None:
        raise Problem.invalid(
            "region_unknown", "/distributor_id", "Name a distributor, or give the company's region in its profile."
        )
    if found is None:
        raise Problem.invalid(
            "no_distributor", "/distributor_id", f"Nobody delivers to {region} yet: name a distributor."
        )
    return found
