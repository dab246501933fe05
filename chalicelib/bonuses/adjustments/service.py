"""Bonuses added or taken away by hand: each with a reason and an author, and with a second approval above the club's limits.

The limits are of what one author adjusts alone in a calendar month (UTC), so pieces below a limit add up to it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from chalicelib.bonuses.adjustments import store
from chalicelib.bonuses.adjustments.model import Adjustment, AdjustmentState
from chalicelib.bonuses.adjustments.schemas import AdjustmentForm
from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.events import ADJUSTED
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Book, Cause, NotEnough
from chalicelib.bonuses.redemptions import store as redemptions_store
from chalicelib.bonuses.redemptions.service import not_enough
from chalicelib.platform import Context, Problem, or_not_found, record_event
from chalicelib.platform.approvals import store as approvals
from chalicelib.table import Refused, Transaction

MOST_LOTS = 3_000  # expiry days of a company: its item holds twice as many


def adjust(context: Context, staff_id: str, company_id: str, form: AdjustmentForm) -> Adjustment:
    """Posts an adjustment within the limits of its author; another one waits for the approval of another member of the staff.

    Raises 422 for more than is available, for a past expiry day, for a new one beyond `MOST_LOTS`, and for an expiry day of a negative amount.
    """
    if form.expires_on and form.amount < 0:
        raise Problem.invalid("not_for_less", "/expires_on", "A negative adjustment has no expiry day.")
    if form.expires_on and form.expires_on < context.today:
        raise Problem.invalid("in_past", "/expires_on", f"This day is over: today is {context.today}.")
    book = ledger.book(context, company_id)
    if form.expires_on and form.expires_on not in book.lots and len(book.lots) >= MOST_LOTS:
        raise Problem.invalid(
            "limit_exceeded", "/expires_on", "The company's bonuses have too many expiry days: take one of them."
        )
    requested = Adjustment(
        adjustment_id=context.new_id("adj"),
        company_id=company_id,
        currency=book.currency,
        amount=form.amount,
        reason=form.reason,
        expires_on=form.expires_on,
        at=context.at,
        author=staff_id,
        state=AdjustmentState.POSTED,
    )

    if posted := _post_alone(context, requested):
        return posted
    _adjusted(context, book, requested)  # raises now what approval would raise
    waiting = replace(requested, state=AdjustmentState.WAITING)
    tx = Transaction()
    store.create_adjustment(tx, waiting)
    return context.commit(tx, waiting)


def _post_alone(context: Context, adjustment: Adjustment) -> Adjustment | None:
    """Posts it unless its author would have adjusted too much alone; None if somebody else must approve."""
    of_currency = context.config[Bonuses].limits_in(adjustment.currency)
    limits = {adjustment.company_id: of_currency.adjustment_alone, "": of_currency.adjustments_alone}
    if abs(adjustment.amount) > min(limits.values()):
        return None

    def write_alone(tx: Transaction, posted: Adjustment) -> None:
        store.create_adjustment(tx, posted)
        approvals.add_alone(tx, context, posted.author, of_bonuses(posted.currency), abs(posted.amount), limits)

    try:
        return _post(context, adjustment, write_alone)
    except Refused as refused:
        if approvals.ALONE in refused:
            return None
        raise


def of_bonuses(currency: str) -> str:
    """The name of what an author gives alone in bonuses of this currency."""
    return f"sum:{currency}"


def approve(context: Context, staff_id: str, company_id: str, adjustment_id: str, note: str) -> Adjustment:
    """Posts it. Raises 403 for its author, 409 for a decided one and after its expiry day."""
    decided = _decision(context, staff_id, company_id, adjustment_id, AdjustmentState.POSTED, note)
    if decided.expires_on and decided.expires_on < context.today:
        raise Problem("wrong_state", "Its expiry day has passed: reject it.", extra={"state": AdjustmentState.WAITING})
    return _post(context, decided, store.decide_adjustment)


def reject(context: Context, staff_id: str, company_id: str, adjustment_id: str, note: str) -> Adjustment:
    """Posts nothing. Raises 409 for a decided one. Its author may reject it too."""
    decided = _decision(context, staff_id, company_id, adjustment_id, AdjustmentState.REJECTED, note)
    tx = Transaction()
    store.decide_adjustment(tx, decided)
    context.reply(tx, decided)
    try:
        context.table.commit(tx)
    except Refused as refused:
        raise _explained(context, refused, decided) or refused from None
    return decided


def adjustment_or_404(context: Context, company_id: str, adjustment_id: str) -> Adjustment:
    return or_not_found(store.read_adjustment(context.table, company_id, adjustment_id))


def _decision(
    context: Context, staff_id: str, company_id: str, adjustment_id: str, state: AdjustmentState, note: str
) -> Adjustment:
    waiting = adjustment_or_404(context, company_id, adjustment_id)
    if waiting.state is not AdjustmentState.WAITING:
        raise _decided(waiting)
    if waiting.author == staff_id and state is AdjustmentState.POSTED:
        raise Problem("four_eyes")
    return replace(waiting, state=state, decided_by=staff_id, decided_at=context.at, note=note)


def _post(context: Context, adjustment: Adjustment, write: Callable[[Transaction, Adjustment], None]) -> Adjustment:
    cause = Cause(
        "adjustment",
        (adjustment.adjustment_id,),
        {"adjustment": adjustment.adjustment_id},
        reason=adjustment.reason,
        author=adjustment.author,
    )

    def also(tx: Transaction, before: Book, after: Book) -> None:
        write(tx, adjustment)
        context.reply(tx, adjustment)
        _record_adjusted(tx, context, adjustment, after)

    try:
        posted = ledger.change(
            context,
            adjustment.company_id,
            adjustment.currency,
            cause,
            lambda book: _adjusted(context, book, adjustment),
            also,
        )
    except Refused as refused:
        raise _explained(context, refused, adjustment) or refused from None
    if posted.again:
        raise _decided(adjustment_or_404(context, adjustment.company_id, adjustment.adjustment_id))
    return adjustment


def _adjusted(context: Context, book: Book, adjustment: Adjustment) -> Book:
    day = max(book.day, context.today)
    if expires_on := _expires_on(context, book, adjustment):
        return ledger_rules.credit(book, expires_on, adjustment.amount, day)
    try:
        return ledger_rules.withdraw(book, ledger_rules.oldest_first(book, -adjustment.amount, day))
    except NotEnough as refused:
        raise not_enough(refused, book) from None


def _expires_on(context: Context, book: Book, adjustment: Adjustment) -> date | None:
    """The last day of added bonuses; None for a negative adjustment."""
    if adjustment.amount < 0:
        return None
    return adjustment.expires_on or ledger.expires_on(context, max(book.day, context.today))


def _record_adjusted(tx: Transaction, context: Context, adjustment: Adjustment, book: Book) -> None:
    expires_on = _expires_on(context, book, adjustment)
    record_event(
        tx,
        context,
        ledger_keys.bonuses(book.company_id),
        ADJUSTED,
        company_id=book.company_id,
        currency=book.currency,
        adjustment_id=adjustment.adjustment_id,
        amount=adjustment.amount,
        by=adjustment.author,
        reason=adjustment.reason,
        expires_on=expires_on.isoformat() if expires_on else None,
        available=ledger_rules.balances(book, book.day).available,
    )


def _explained(context: Context, refused: Refused, adjustment: Adjustment) -> Problem | None:
    """The problem of a refused transaction; None if the request was done before."""
    if redemptions_store.CASE in refused:
        return _decided(adjustment_or_404(context, adjustment.company_id, adjustment.adjustment_id))
    return None


def _decided(adjustment: Adjustment) -> Problem:
    return Problem("wrong_state", f"The adjustment is {adjustment.state}.", extra={"state": adjustment.state})
