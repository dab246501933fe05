"""Redemptions: reserve bonuses, then use them up or give them back.

A redemption for an order follows it: it is completed with the order, and given back when the order is rejected or cancelled. It is made
in one transaction with the check that the order is alive, so the event that ends the order comes later. If the order comes to less than
the redemption (accepted in part, completed without the rest, goods returned), the difference is given back by the event of that change,
before or after the redemption is completed. An order never comes to more again.

An order of which a part never ships never ends: the staff cancel its redemption.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from chalicelib import orders
from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Book, Cause, LotParts, NotEnough
from chalicelib.bonuses.redemptions import store
from chalicelib.bonuses.redemptions.model import Redemption, RedemptionState
from chalicelib.bonuses.redemptions.schemas import RedemptionForm
from chalicelib.orders import Order, OrderState
from chalicelib.platform import DAY, Context, Money, Problem, hold_throttle, or_not_found
from chalicelib.table import Overtaken, Refused, Transaction, retry

MOST_A_DAY = 100  # of a company: each leaves a record and two postings, whether it is cancelled or not
_ALIVE = (OrderState.PLACED, OrderState.CHANGED, OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED)
_ENDED_EMPTY = (OrderState.REJECTED, OrderState.CANCELLED)
_AGREED = (
    OrderState.ACCEPTED,
    OrderState.PARTLY_SHIPPED,
    OrderState.COMPLETED,
)  # the order comes to the accepted amount
_ORDER = "order"  # label: the state of the order does not allow it
_UNDECIDED = (OrderState.PLACED, OrderState.CHANGED)  # the distributor has not taken the order yet


def redeem(context: Context, company_id: str, member_id: str, form: RedemptionForm) -> Redemption:
    """Reserves bonuses, oldest expiry first.

    Raises 422 for less than the club's minimum, for more than is available, for more than the order it is for, for an order in another
    currency; 404 for an order that is not the company's, 409 for one that has ended or that holds a redemption, 429 for one more than
    `MOST_A_DAY`.
    """
    currency = ledger.book(context, company_id).currency
    if form.order_id:
        _check_order(context, company_id, form.order_id, Money.of(form.amount, currency))
    redemption_id = context.new_id("rdm")
    cause = Cause("redemption", (redemption_id,), _document(redemption_id, form.order_id))
    made: list[Redemption] = []

    def parts_of(book: Book) -> LotParts:
        minimum = context.config[Bonuses].limits_in(book.currency).redemption_minimum
        if form.amount < minimum:
            raise Problem.invalid("below_minimum", "/amount", f"At least {minimum} {book.currency}.")
        try:
            return ledger_rules.oldest_first(book, form.amount, book.day)
        except NotEnough as refused:
            raise not_enough(refused, book) from None

    def also(tx: Transaction, before: Book, after: Book) -> None:
        redemption = Redemption(
            redemption_id=redemption_id,
            company_id=company_id,
            currency=before.currency,
            amount=form.amount,
            parts=parts_of(before),
            held_on=before.day,
            at=after.at,
            member_id=member_id,
            posting_id=ledger.posting_id(company_id, cause),
            order_id=form.order_id or "",
            note=form.note,
        )
        made[:] = [redemption]
        if form.order_id:
            orders.check_state(tx, company_id, form.order_id, _ALIVE, label=_ORDER)
        hold_throttle(tx, context, "redemptions", company_id, MOST_A_DAY, DAY)
        store.create_redemption(tx, redemption)
        context.reply(tx, redemption)

    try:
        ledger.change(
            context, company_id, currency, cause, lambda book: ledger_rules.hold(book, parts_of(book), book.day), also
        )
    except Refused as refused:
        raise _explained(refused) or refused from None
    return made[0]


def not_enough(refused: NotEnough, book: Book) -> Problem:
    available = Money(amount=refused.available, currency=book.currency)
    return Problem(
        "not_enough_bonus",
        f"{available.model_dump()['amount']} {book.currency} can be spent.",
        extra={"available": available.model_dump(mode="json")},
    )


def cancel(context: Context, company_id: str, member_id: str, redemption_id: str) -> Redemption:
    """Cancels for the company. Raises 409 for one that has ended, or whose order the distributor has accepted."""
    redemption = _reserved(context, company_id, redemption_id)
    return _end(context, redemption, RedemptionState.CANCELLED, _UNDECIDED, author=member_id)


def cancel_for(context: Context, staff_id: str, company_id: str, redemption_id: str, reason: str) -> Redemption:
    """Cancels for the staff, whatever the state of its order. Raises 409 for one that has ended."""
    redemption = _reserved(context, company_id, redemption_id)
    return _end(context, redemption, RedemptionState.CANCELLED, reason=reason, author=staff_id)


def complete(context: Context, staff_id: str, company_id: str, redemption_id: str) -> Redemption:
    """Completes for the staff. Raises 409 for one that has ended, or whose order is not completed: it may still end empty."""
    redemption = _reserved(context, company_id, redemption_id)
    return _end(context, redemption, RedemptionState.REDEEMED, (OrderState.COMPLETED,), author=staff_id)


def follow_order(context: Context, company_id: str, order_id: str) -> None:
    """Makes the order's redemption follow the present state of the order."""
    redemption_id = store.redemption_for(context.table, company_id, order_id)
    if redemption_id is None:
        return
    _follow_to_the_end(context, company_id, redemption_id, order_id)


@retry()
def _follow_to_the_end(context: Context, company_id: str, redemption_id: str, order_id: str) -> None:
    """Takes two steps at most, more only under concurrent changes of the redemption."""
    order, redemption = (
        orders.load_order(context, company_id, order_id),
        redemption_or_404(context, company_id, redemption_id),
    )
    if order and _follow(context, redemption, order):
        raise Overtaken


def _follow(context: Context, redemption: Redemption, order: Order) -> bool:
    """One step towards the state of the order; False if none is needed. A step after a concurrent change does nothing."""
    if redemption.state is RedemptionState.CANCELLED:
        return False
    gone = order.state in _ENDED_EMPTY or (order.state is OrderState.COMPLETED and order.net <= 0)
    if redemption.state is RedemptionState.RESERVED and gone:
        _end_quietly(context, redemption, RedemptionState.CANCELLED)
    elif order.state in _AGREED and redemption.amount > order.net:
        _reduce(context, redemption, order.net)
    elif redemption.state is RedemptionState.RESERVED and order.state is OrderState.COMPLETED:
        _end_quietly(context, redemption, RedemptionState.REDEEMED)
    else:
        return False
    return True


def _end_quietly(context: Context, redemption: Redemption, state: RedemptionState) -> None:
    try:
        _end(context, redemption, state)
    except Problem as problem:
        # It ended a moment ago: the same event delivered twice, or a person who cancelled.
        if problem.code != "wrong_state":
            raise


@retry(store.CASE)
def take_out(
    context: Context, redemption_id: str, company_id: str, cause: Cause, note: Callable[[Transaction, Redemption], None]
) -> None:
    """Takes a redemption from its company, with the bonuses that it took; `note` keeps it in the same transaction. Safe to repeat.

    The order that it is for goes to another company. The lots lose what was credited and spent on it, so nothing changes that can be spent.
    """
    found = store.read_redemption(context.table, company_id, redemption_id)
    if found is None:
        return

    def alter(book: Book) -> Book:
        if found.state is RedemptionState.CANCELLED:
            return book
        undo = ledger_rules.take_back if found.state is RedemptionState.REDEEMED else ledger_rules.give_back
        return _credited(undo(book, found.parts, found.held_on), found, -1)

    def also(tx: Transaction, before: Book, after: Book) -> None:
        store.remove_redemption(tx, found)
        note(tx, found)

    ledger.change(context, company_id, found.currency, cause, alter, also)


def bring_in(context: Context, redemption: Redemption, company_id: str, cause: Cause) -> None:
    """Gives a redemption that was taken out to this company. Safe to repeat."""
    if store.read_redemption(context.table, company_id, redemption.redemption_id):
        return

    def alter(book: Book) -> Book:
        if redemption.state is RedemptionState.CANCELLED:
            return book
        held = ledger_rules.hold(_credited(book, redemption, 1), redemption.parts, redemption.held_on)
        return ledger_rules.redeem(held, redemption.amount) if redemption.state is RedemptionState.REDEEMED else held

    given = replace(redemption, company_id=company_id)
    ledger.change(
        context, company_id, redemption.currency, cause, alter, lambda tx, *_: store.create_redemption(tx, given)
    )


def _credited(book: Book, redemption: Redemption, sign: int) -> Book:
    for expires_on, part in redemption.parts.items():
        book = ledger_rules.credit(book, expires_on, sign * part, redemption.held_on)
    return book


def redemption_or_404(context: Context, company_id: str, redemption_id: str) -> Redemption:
    return or_not_found(store.read_redemption(context.table, company_id, redemption_id))


def _check_order(context: Context, company_id: str, order_id: str, amount: Money) -> None:
    order = orders.load_order(context, company_id, order_id)
    if order is None:
        raise Problem.invalid("unknown_order", "/order_id", "The company has no such order.")
    if order.currency != amount.currency:
        raise Problem.invalid("other_currency", "/order_id", f"The order is in {order.currency}, the bonuses are not.")
    if order.state not in _ALIVE:
        raise _wrong_order_state()
    if amount > Money.of(order.net, order.currency):
        raise Problem.invalid("above_order", "/amount", f"The order comes to {order.net} {order.currency}.")


def _reserved(context: Context, company_id: str, redemption_id: str) -> Redemption:
    redemption = redemption_or_404(context, company_id, redemption_id)
    if redemption.state is not RedemptionState.RESERVED:
        raise _ended(redemption)
    return redemption


def _reduce(context: Context, redemption: Redemption, amount: Decimal) -> None:
    """Keeps this amount and gives back the rest. Does nothing after a concurrent change.

    The cause is named by the kept amount, which is smaller each time.
    """
    company_id, redemption_id = redemption.company_id, redemption.redemption_id
    redeemed = redemption.state is RedemptionState.REDEEMED
    kept, rest = ledger_rules.split(redemption.parts, amount)
    reduced = replace(
        redemption, amount=amount, parts=kept, given_back=redemption.given_back + sum(rest.values(), ledger_rules.ZERO)
    )
    key, document = (redemption_id, f"{amount:.2f}"), _document(redemption_id, redemption.order_id)
    kind = "redemption_returned" if redeemed else "redemption_reduced"
    cause = Cause(kind, key, document, reverses=redemption.posting_id)
    undo = ledger_rules.take_back if redeemed else ledger_rules.give_back
    try:
        ledger.change(
            context,
            company_id,
            redemption.currency,
            cause,
            lambda book: undo(book, rest, redemption.held_on),
            lambda tx, before, after: store.reduce_redemption(tx, redemption, reduced),
        )
    except Refused as refused:
        if store.CASE not in refused:
            raise


def _end(
    context: Context,
    redemption: Redemption,
    state: RedemptionState,
    while_order: tuple[OrderState, ...] = (),
    *,
    reason: str = "",
    author: str = "",
) -> Redemption:
    """`while_order`: the states that its order must be in; none: any."""
    company_id, redemption_id = redemption.company_id, redemption.redemption_id
    cause = Cause(
        f"redemption_{'completed' if state is RedemptionState.REDEEMED else 'cancelled'}",
        (redemption_id,),
        _document(redemption_id, redemption.order_id),
        reason=reason,
        author=author,
        reverses=redemption.posting_id if state is RedemptionState.CANCELLED else "",
    )
    ended = replace(redemption, state=state, ended_at=context.at)

    def alter(book: Book) -> Book:
        if state is RedemptionState.REDEEMED:
            return ledger_rules.redeem(book, redemption.amount)
        return ledger_rules.give_back(book, redemption.parts, redemption.held_on)

    def also(tx: Transaction, before: Book, after: Book) -> None:
        if redemption.order_id and while_order:
            orders.check_state(tx, company_id, redemption.order_id, while_order, label=_ORDER)
        store.end_redemption(tx, redemption, state, context.at)
        context.reply(tx, ended)

    try:
        posted = ledger.change(context, company_id, redemption.currency, cause, alter, also)
    except Refused as refused:
        if store.CASE in refused:
            # Raises if somebody ended it; otherwise it was reduced meanwhile, which happens a few times at most.
            reduced = _reserved(context, company_id, redemption_id)
            return _end(context, reduced, state, while_order, reason=reason, author=author)
        raise _explained(refused) or refused from None
    if posted.again:
        raise _ended(redemption_or_404(context, company_id, redemption_id))
    return ended


def _document(redemption_id: str, order_id: str | None) -> dict[str, str]:
    return {"redemption": redemption_id, **({"order": order_id} if order_id else {})}


def _explained(refused: Refused) -> Problem | None:
    """The problem of a refused transaction; None if the request was done before."""
    if _ORDER in refused:
        return _wrong_order_state()
    if store.ORDER_HELD in refused:
        return Problem("already_exists", "The order holds a redemption already: cancel it first.")
    return None


def _wrong_order_state() -> Problem:
    return Problem("wrong_state", "The state of its order does not allow this.")


def _ended(redemption: Redemption) -> Problem:
    return Problem("wrong_state", f"The redemption is {redemption.state}.", extra={"state": redemption.state})
