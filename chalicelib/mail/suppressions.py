"""Suppressed addresses: they get no letters, since the mail service reported a permanent bounce or a complaint.

    (free) ──report──▶ suppressed ──lift: marked──▶ the mail service forgets it ──▶ (free)

Lifting is marked first, and the item goes last: a process that dies in between leaves the address suppressed, and who lifts again goes on
from there. A report that comes meanwhile keeps it suppressed.
"""

from boto3.dynamodb.conditions import Attr

from chalicelib.mail import keys
from chalicelib.mail.events import SUPPRESSION_LIFTED
from chalicelib.platform import Context, Problem, aws, or_not_found, record_event
from chalicelib.platform.spelling.email_address import in_ascii
from chalicelib.table import Item, Page, Refused, Transaction


def suppression(context: Context, address: str) -> Item | None:
    """`reason` (bounce or complaint), `at`, `letter_id`, and `bounced_at` if it bounced; None for an address that is not suppressed."""
    return context.table.get(keys.suppression(address), consistent=True)


def suppressions_page(context: Context, limit: int, after: dict[str, str] | None) -> Page:
    """Suppressed addresses, newest first; `email`, and what `suppression` has."""
    every = keys.suppression_list("", "").pk
    return context.table.query(every, index="gsi2", newest_first=True, limit=limit, after=after)


def lift(context: Context, tx: Transaction, address: str, *, reason: str, by: str) -> None:
    """Lifts the suppression; `tx` holds what the caller checks. Raises 404 without one, 409 for a report that came meanwhile."""
    key = keys.suppression(address)
    found = or_not_found(suppression(context, address), "Letters to this address are not stopped.")
    unreported = Attr("reports").eq(found["reports"])
    tx.update(key, put={"lifted_at": context.at, "lifted_by": by}, when=unreported, label="suppression")
    record_event(tx, context, key, SUPPRESSION_LIFTED, reason=reason, by=by, of=found["reason"])
    reported = Problem("conflict", "The mail service has just reported this address again.")
    try:
        context.table.commit(tx)
        _forget(address)
        done = Transaction()
        done.delete(key, when=unreported, label="suppression")
        context.table.commit(done)
    except Refused:
        # Gone: somebody else lifted it at the same time.
        if suppression(context, address):
            raise reported from None


def _forget(address: str) -> None:
    """The mail service has a list of its own for the whole account, and holds back what goes to an address on it."""
    client = aws.ses()
    try:
        client.delete_suppressed_destination(EmailAddress=in_ascii(address))
    except client.exceptions.NotFoundException:
        return  # it is not on the list: it complained, or was taken off by hand
