"""Goods instead of bonuses: chosen by the company, shipped by the club, expired, reversed.

Every step is one transaction under the versions of the entitlement and of the choice, with its posting (`ledger.change`), its event, and
the reply to a repeat of the request. A reserved amount is still owed, so choosing and giving back post nothing: they leave only the mark of
their cause in the ledger.

    step               owed      redeemed   expired   issued
    ship, hand over    − worth   + worth
    reverse a shipment + worth   − worth
    expire             − left               + left
    reverse            − amount                       + amount
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from chalicelib.bonuses.goods import events, rules, store
from chalicelib.bonuses.goods.changes import ChangedChoice, change, record_available, record_choice, record_step, take
from chalicelib.bonuses.goods.rules import Choice, ChoiceStep, Entitlement, RequestedLine
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Cause
from chalicelib.platform import DAY, Context, Problem, hold_throttle, or_not_found
from chalicelib.table import Item, Refused, Transaction, from_item

MOST_A_DAY = 100  # choices of a company: each leaves a record and its postings, whether it is cancelled or not


def entitlement(context: Context, company_id: str, entitlement_id: str) -> Entitlement:
    """The entitlement as of today, also before its expiry is posted. Raises 404."""
    return rules.expire(_entitlement(context, company_id, entitlement_id), context.today)


def entitlement_on(item: Item, day: date) -> Entitlement:
    """An item of a list as an entitlement of this day."""
    return rules.expire(from_item(Entitlement, item), day)


def _entitlement(context: Context, company_id: str, entitlement_id: str) -> Entitlement:
    return or_not_found(store.read_entitlement(context.table, company_id, entitlement_id))


def choice(context: Context, company_id: str, entitlement_id: str, choice_id: str) -> Choice:
    """Raises 404."""
    return or_not_found(store.read_choice(context.table, company_id, entitlement_id, choice_id))


# --- the company ------------------------------------------------------------------------------------------------------


def choose(
    context: Context,
    company_id: str,
    member_id: str,
    entitlement_id: str,
    requested: Sequence[RequestedLine],
    note: str,
) -> ChangedChoice:
    """Raises 404, 409 outside the days of choosing, 422 for invalid lines and for more than is left, 429 for too many of the day."""
    choice_id = context.new_id("cho")
    prices = store.prices_of(
        context.table, _entitlement(context, company_id, entitlement_id).price_list, [line.sku for line in requested]
    )

    def decide() -> ChoiceStep:
        return rules.choose(
            _entitlement(context, company_id, entitlement_id),
            requested,
            prices,
            choice_id=choice_id,
            member_id=member_id,
            note=note,
            at=context.at,
            day=context.today,
        )

    def write(tx: Transaction, step: ChoiceStep) -> None:
        hold_throttle(tx, context, "goods", company_id, MOST_A_DAY, DAY)
        record_choice(tx, context, step, events.CHOSEN, amount=step.choice.total)

    cause = Cause("goods_chosen", (choice_id,), document={"entitlement": entitlement_id}, author=member_id)
    return take(context, cause, decide, write)


def cancel(
    context: Context, company_id: str, member_id: str, entitlement_id: str, choice_id: str, note: str, *, staff: bool
) -> ChangedChoice:
    """Gives back the unshipped amount. A company may do so while nothing is shipped, the staff at any time. Raises 404, 409."""

    def decide() -> ChoiceStep:
        return rules.cancel(
            _entitlement(context, company_id, entitlement_id),
            choice(context, company_id, entitlement_id, choice_id),
            member_id=member_id,
            note=note,
            at=context.at,
            day=context.today,
            shipped_too=staff,
        )

    def write(tx: Transaction, step: ChoiceStep) -> None:
        record_choice(tx, context, step, events.CANCELLED, expired=step.expired)

    cause = Cause(
        "goods_cancelled", (choice_id,), document={"entitlement": entitlement_id}, reason=note, author=member_id
    )
    return take(context, cause, decide, write)


# --- the staff --------------------------------------------------------------------------------------------------------


def ship(
    context: Context,
    company_id: str,
    member_id: str,
    entitlement_id: str,
    choice_id: str,
    requested: Sequence[RequestedLine] | None,
    document: str,
    day: date,
) -> ChangedChoice:
    """Ships a part, or all that is left. Raises 404, 409 for a document that was recorded before, 422 for more than was chosen."""
    if day > context.latest_day:
        raise Problem.invalid("in_future", "/day", f"This is still to come: today is {context.today}.")
    shipment_id = context.new_id("shp")
    cause = Cause(
        "goods_shipped",
        (shipment_id,),
        document={"document": document, "day": day.isoformat(), "entitlement": entitlement_id},
        author=member_id,
    )

    def decide() -> ChoiceStep:
        return rules.ship(
            _entitlement(context, company_id, entitlement_id),
            choice(context, company_id, entitlement_id, choice_id),
            requested,
            shipment_id=shipment_id,
            document=document,
            day=day,
            posting_id=ledger.posting_id(company_id, cause),
            member_id=member_id,
            at=context.at,
        )

    def write(tx: Transaction, step: ChoiceStep) -> None:
        shipment = step.choice.shipments[-1]
        lines = [
            {
                "sku": line.sku,
                "name": line.name,
                "name_ru": line.name_ru,
                "unit": line.unit,
                "quantity": shipment.parts[line.sku],
                "unit_price": line.unit_price,
                "amount": line.unit_price * shipment.parts[line.sku],
            }
            for line in step.choice.lines
            if line.sku in shipment.parts
        ]
        record_choice(
            tx,
            context,
            step,
            events.SHIPPED,
            document=document,
            day=day.isoformat(),
            lines=lines,
            amount=shipment.amount,
            left=step.entitlement.owed,
        )

    return take(context, cause, decide, write)


def reverse_shipment(
    context: Context,
    company_id: str,
    member_id: str,
    entitlement_id: str,
    choice_id: str,
    shipment_id: str,
    reason: str,
) -> ChangedChoice:
    """Reverses a whole shipment: its goods are reserved again. Raises 404, 409 for one that was reversed before."""
    shipped = Cause("goods_shipped", (shipment_id,))
    cause = Cause(
        "goods_shipment_reversed",
        (shipment_id,),
        document={"entitlement": entitlement_id},
        reason=reason,
        author=member_id,
        reverses=ledger.posting_id(company_id, shipped),
    )

    def decide() -> ChoiceStep:
        return rules.reverse_shipment(
            _entitlement(context, company_id, entitlement_id),
            choice(context, company_id, entitlement_id, choice_id),
            shipment_id,
            member_id=member_id,
            reason=reason,
            at=context.at,
            day=context.today,
        )

    def write(tx: Transaction, step: ChoiceStep) -> None:
        record_choice(
            tx, context, step, events.SHIPMENT_REVERSED, shipment_id=shipment_id, amount=-step.shipped, reason=reason
        )

    return take(context, cause, decide, write)


def hand_over(
    context: Context, company_id: str, member_id: str, entitlement_id: str, document: str, day: date
) -> Entitlement:
    """A gift was given. Raises 404, 409 for goods, and for a gift that was given or is not there yet."""
    if day > context.latest_day:
        raise Problem.invalid("in_future", "/day", f"This is still to come: today is {context.today}.")
    cause = Cause(
        events.GIFT_HANDED_OVER,
        (entitlement_id, context.new_id("gft")),
        document={"document": document, "day": day.isoformat(), "entitlement": entitlement_id},
        author=member_id,
    )
    return change(
        context,
        cause,
        lambda: _entitlement(context, company_id, entitlement_id),
        lambda before: rules.hand_over(before, context.today, ledger.posting_id(company_id, cause)),
        events.GIFT_HANDED_OVER,
        {"document": document, "day": day.isoformat()},
    )


def reverse_hand_over(
    context: Context, company_id: str, member_id: str, entitlement_id: str, reason: str
) -> Entitlement:
    """The gift is owed again. Raises 404, 409 for one that was not handed over."""
    given = _entitlement(context, company_id, entitlement_id).handed_over
    cause = Cause(
        "gift_hand_over_reversed",
        (given,),
        document={"entitlement": entitlement_id},
        reason=reason,
        author=member_id,
        reverses=given,
    )
    return change(
        context,
        cause,
        lambda: _entitlement(context, company_id, entitlement_id),
        lambda before: rules.reverse_hand_over(before, given),
        events.GIFT_RETURNED,
        {"reason": reason},
    )


def reverse(
    context: Context, company_id: str, member_id: str, entitlement_id: str, amount: Decimal | None, reason: str
) -> Entitlement:
    """Reverses an amount of an entitlement, or all that is left. Raises 404, 409 if nothing is left, 422 for more than is left."""
    present = _entitlement(context, company_id, entitlement_id)
    cause = Cause(
        "goods_reversed",
        (entitlement_id, context.new_id("rev")),
        document={"entitlement": entitlement_id},
        reason=reason,
        author=member_id,
        reverses=present.posting_id,
    )
    return change(
        context,
        cause,
        lambda: entitlement(context, company_id, entitlement_id),
        lambda before: rules.take_back(before, amount),
        events.REVERSED,
        {"reason": reason},
    )


# --- the nightly run --------------------------------------------------------------------------------------------------


def expire_goods(context: Context, company_id: str) -> int:
    """Announces available goods, warns before an expiry, expires what is left; returns the number of steps."""
    steps = 0
    for found in store.every_entitlement(context.table, company_id):
        due = found.due
        while due and due <= context.today:
            before, found = found, _daily(context, found)
            steps += found.version > before.version
            due = found.due if found.version > before.version else None
    return steps


def _daily(context: Context, found: Entitlement) -> Entitlement:
    """Takes the next due step of this entitlement; returns it unchanged if another worker was faster."""
    if found.is_past(context.today) and found.left:
        cause = Cause("goods_expired", (found.entitlement_id,), document={"entitlement": found.entitlement_id})
        return change(
            context,
            cause,
            lambda: _entitlement(context, found.company_id, found.entitlement_id),
            lambda before: rules.expire(before, context.today),
            events.EXPIRED,
            {},
        )
    announces = not found.announced
    after = rules.next_version(found, announced=True, warned=found.warned if announces else True)
    tx = Transaction()
    store.replace_entitlement(tx, after, context.today)
    if announces:
        record_available(tx, context, after)
    elif found.expires_on:
        record_step(
            tx,
            context,
            after,
            events.EXPIRING,
            gift=False,
            amount=after.left,
            expires_on=found.expires_on.isoformat(),
            days_left=(found.expires_on - context.today).days,
        )
    try:
        context.table.commit(tx)
    except Refused:
        return found
    return after
