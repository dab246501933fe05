"""Keeping settlements.

    payment.recorded, sale.recorded ──▶ settle   the settlement of the document follows its payment, sum, company and state

A payment says that a document is paid in full; so its sum is the document's own, as corrected last. A return is never paid: it is a sum in
the company's favour until it buys again. The place is read before the facts, and is written under its version: so events may come twice, in
any order, and to two workers at once.
"""

from chalicelib import sales
from chalicelib.analytics.settlements import store
from chalicelib.analytics.settlements.model import Settlement
from chalicelib.platform import Context
from chalicelib.sales import DocumentRef
from chalicelib.table import Transaction, retry


def settle(context: Context, ref: DocumentRef) -> None:
    """Makes the document's settlement what its payment and its newest revision say. Two reads of a document that was never paid.

    Looks again after a write: meanwhile the payment may have been withdrawn, and the consumer of that event found nothing to take back.
    """
    while _settle_step(context, ref):
        pass


@retry("settled")
def _settle_step(context: Context, ref: DocumentRef) -> bool:
    """Whether a write was needed."""
    before = store.read_settled(context.table, ref)
    paid_on = sales.paid_on(context, ref)
    if paid_on is None and before.settlement is None:
        return False
    head = sales.heads(context, [ref]).get(ref)
    after = None
    if paid_on and head and head.total > 0 and not head.other_currency:
        after = Settlement(head.company_id, paid_on, *ref, head.total)
    if after == before.settlement:
        return False
    tx = Transaction()
    store.replace_settlement(tx, ref, before, after)
    context.table.commit(tx)
    return True
