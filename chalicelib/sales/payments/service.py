"""Payments of documents in full.

A payment is a fact of its own and may come before or after its document. Of several states of a document's payment the newest holds
(`as_of`: the moment of the state), so duplicates and reordered deliveries do no harm. A wrong payment is withdrawn: in the newest state the
document is not paid.

PAYMENT: source, document, paid_on (absent: withdrawn), as_of, by.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform import Context, record_event
from chalicelib.platform.events import BULK, MANY
from chalicelib.sales.payments import keys
from chalicelib.sales.payments.events import PAYMENT_RECORDED
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.rules import DocumentRef
from chalicelib.table import Busy, Item, Refused, Transaction, retry

PaymentOutcome = Literal["recorded", "unchanged", "older"]

PACK = 49  # payments of one transaction, each with its event


def record_payments(
    context: Context, payments: Sequence[Payment], *, by: str, as_of: str | None = None
) -> list[PaymentOutcome]:
    """Records the state of each document's payment as of this moment (default: now); returns the outcomes."""
    as_of = as_of or context.at
    bulk = len(payments) > MANY
    outcomes: list[PaymentOutcome] = []
    for pack in _packs(payments):
        states = payments_of(context, [payment.ref for payment in pack])
        judged = [_outcome(known, payment, as_of) for known, payment in zip(states, pack, strict=True)]
        tx = Transaction()
        for known, payment, (_, writes, notify) in zip(states, pack, judged, strict=True):
            if writes:
                _write(tx, context, known, payment, by=by, as_of=as_of, notify=notify, bulk=bulk)
        try:
            context.table.commit(tx)
        except (Refused, Busy):
            outcomes += [_record_alone(context, payment, by, as_of, bulk) for payment in pack]
        else:
            outcomes += [outcome for outcome, _, _ in judged]
    return outcomes


class PaymentState(NamedTuple):
    """The newest state of a document's payment; `as_of` is empty if none was recorded."""

    ref: DocumentRef
    paid_on: date | None
    as_of: str
    by: str = ""


def payment_of(context: Context, ref: DocumentRef) -> PaymentState:
    """Consistent. Writes that depend on it need `check_payment` in their transaction."""
    item = context.table.get(keys.payment(*ref), consistent=True)
    return payment_state(ref, item)


def payments_of(context: Context, refs: Sequence[DocumentRef]) -> list[PaymentState]:
    """Like `payment_of` for several documents, in one read for each hundred."""
    found = context.table.get_many([keys.payment(*ref) for ref in refs], consistent=True)
    return [payment_state(ref, found.get(keys.payment(*ref))) for ref in refs]


def payment_state(ref: DocumentRef, item: Item | None) -> PaymentState:
    """The state that the item PAYMENT holds."""
    return PaymentState(ref, _paid_on(item), item["as_of"], item["by"]) if item else PaymentState(ref, None, "")


def check_payment(tx: Transaction, known: PaymentState) -> None:
    """Refuses the transaction with label `payment` if the payment changed meanwhile."""
    tx.check(keys.payment(*known.ref), _unchanged(known), label="payment")


def _unchanged(known: PaymentState) -> ConditionBase:
    if not known.as_of:
        return Attr("pk").not_exists()
    paid = Attr("paid_on")
    same = paid.eq(known.paid_on.isoformat()) if known.paid_on else paid.not_exists()
    return Attr("as_of").eq(known.as_of) & same


def paid_on(context: Context, ref: DocumentRef) -> date | None:
    """The day on which the document was paid; consistent."""
    return payment_of(context, ref).paid_on


def _packs(payments: Sequence[Payment]) -> Iterator[Sequence[Payment]]:
    if len({payment.ref for payment in payments}) < len(payments):
        raise ValueError("a document was given twice")
    for start in range(0, len(payments), PACK):
        yield payments[start : start + PACK]


@retry()
def _record_alone(context: Context, payment: Payment, by: str, as_of: str, bulk: bool) -> PaymentOutcome:
    known = payment_of(context, payment.ref)
    outcome, writes, notify = _outcome(known, payment, as_of)
    if writes:
        tx = Transaction()
        _write(tx, context, known, payment, by=by, as_of=as_of, notify=notify, bulk=bulk)
        context.table.commit(tx)
    return outcome


def _outcome(known: PaymentState, payment: Payment, as_of: str) -> tuple[PaymentOutcome, bool, bool]:
    """The outcome of recording it; whether to write it, and whether to record an event."""
    if not known.as_of:
        return "recorded", True, payment.paid_on is not None
    if known.paid_on == payment.paid_on:
        # The later moment counts against states that come late and are older.
        return "unchanged", as_of > known.as_of, False
    # Of two states of one moment the later payment wins, and a payment over none, in any order of arrival.
    newer = (as_of, payment.paid_on or date.min) > (known.as_of, known.paid_on or date.min)
    return ("recorded", True, True) if newer else ("older", False, False)


def _write(
    tx: Transaction,
    context: Context,
    known: PaymentState,
    payment: Payment,
    *,
    by: str,
    as_of: str,
    notify: bool,
    bulk: bool,
) -> None:
    source, document = payment.ref
    key = keys.payment(source, document)
    paid = {"paid_on": payment.paid_on.isoformat()} if payment.paid_on else {}
    facts = {"source": source, "document": document, **paid}
    tx.put({**key.as_item(), **facts, "as_of": as_of, "by": by, "at": context.at}, when=_unchanged(known))
    if notify:
        record_event(tx, context, key, PAYMENT_RECORDED, **facts, **({BULK: True} if bulk else {}))


def _paid_on(item: Item | None) -> date | None:
    return date.fromisoformat(item["paid_on"]) if item and "paid_on" in item else None
