"""Bonuses that partners of a coalition grant to companies, within the limits of each partner's machine client.

The client and its own reference name a grant for ever: a repeat gets the first answer, other content under the same reference is refused.
Limits count by the day of the request, not by the day in the grant, so dating cannot evade them. Their counters are in the transaction of
the posting: no limit is exceeded under concurrent requests.

A reversal takes back a grant, whole or in part, and is named by the client's own reference too; all reversals of a grant together never
exceed it. A reversed amount may be granted again within the limits.

CLIENT  a client: its name, whether it may grant, its limits in one currency, and those that wait for a second person
GRANT   company, amount, day, expiry day, posting; `reversals` by reference
USED    sum of grants less reversals: to one company on a day, to all in a month
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib import companies
from chalicelib.bonuses.adjustments.service import of_bonuses
from chalicelib.bonuses.coalition import keys
from chalicelib.bonuses.coalition.model import NO_LIMITS, CoalitionClient, CoalitionGrant, CoalitionLimits
from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.events import CREDITED
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import ZERO, Book, Cause
from chalicelib.platform import Context, Money, Problem, or_not_found, record_event
from chalicelib.platform.approvals import store as approvals
from chalicelib.table import (
    CONTESTED,
    Busy,
    Item,
    Key,
    Overtaken,
    Page,
    Refused,
    Table,
    Transaction,
    at_version,
    from_item,
    retry,
    to_item,
)

MOST_REVERSALS = 50  # of one grant
CLIENT = "client"  # label: the client has another version
DAY, MONTH = "day", "month"  # labels: the limit is exceeded
GRANT = "grant"  # label: the grant changed meanwhile


class RequestedGrant(NamedTuple):
    """A grant as requested."""

    reference: str
    company_id: str
    amount: Decimal
    day: date
    note: str


# --- clients ----------------------------------------------------------------------------------------------------------


def register(context: Context, client: CoalitionClient) -> CoalitionClient:
    """Writes the client as the next version. Raises 412 if its version is not the stored one.

    A month's limit that rises by more than its author may give alone waits, with the limits below it, for somebody else.
    """
    item = context.table.get(keys.coalition_client(client.client_id), consistent=True)
    present = from_item(CoalitionClient, item) if item else None
    approved = present.limits if present and present.currency == client.currency else NO_LIMITS
    rise = Money.of(client.limits.per_month - approved.per_month, client.currency)
    most = context.config[Bonuses].limits_in(client.currency).adjustments_alone
    waiting = client._replace(limits=approved, requested_limits=client.limits)
    if rise.amount > most:
        return _write(context, waiting)
    try:
        return _write(context, client, alone=rise if rise.amount > 0 else None)
    except Refused as refused:
        if approvals.ALONE not in refused:
            raise
    return _write(context, waiting)


def approve_limits(context: Context, client_id: str, by: str, version: int) -> CoalitionClient:
    """Lets the requested limits hold. Raises 404, 412 for another version, 409 if none wait, and 403 for their author."""
    client = read_client(context, client_id)
    if client.version != version:
        raise Problem("precondition_failed")
    if client.requested_limits is None:
        raise Problem("wrong_state", "No limits wait for an approval.")
    if client.author == by:
        raise Problem("four_eyes")
    return _write(context, client._replace(limits=client.requested_limits, requested_limits=None, approved_by=by))


def _write(context: Context, client: CoalitionClient, alone: Money | None = None) -> CoalitionClient:
    """Writes it as the next version, and `alone` to the sum that its author gives alone in a month."""
    written = client._replace(version=client.version + 1)
    tx = Transaction()
    tx.put(
        {
            **keys.coalition_client(client.client_id).as_item(),
            **keys.coalition_client_list(client.name, client.client_id).as_gsi1(),
            **to_item(written),
            "at": context.at,
        },
        when=at_version(client.version),
        label=CLIENT,
    )
    if alone:
        most = context.config[Bonuses].limits_in(client.currency).adjustments_alone
        approvals.add_alone(tx, context, client.author, of_bonuses(alone.currency), alone.amount, {"": most})
    tx.instead[CLIENT] = Problem("precondition_failed")
    context.table.commit(tx)
    return written


def read_client(context: Context, client_id: str) -> CoalitionClient:
    """Raises 404."""
    item = or_not_found(context.table.get(keys.coalition_client(client_id), consistent=True))
    return from_item(CoalitionClient, item)


def list_clients(context: Context, limit: int, after: dict[str, str] | None) -> Page:
    """Their items, by name."""
    return context.table.query(keys.coalition_client_list("", "").pk, index="gsi1", limit=limit, after=after)


# --- grants -----------------------------------------------------------------------------------------------------------


def grant(context: Context, client_id: str, requested: RequestedGrant) -> tuple[CoalitionGrant, bool]:
    """The grant, and whether it was made before. One transaction.

    Raises 403 for a client that may not grant, 404 for an unknown company, 409 `already_exists` for a reference with other content, and
    422 for a wrong amount or day and for an exceeded limit.
    """
    before = _load(context.table, client_id, requested.reference)
    if before:
        return _same(before, requested), True
    by = _may_grant(context, client_id)
    if requested.amount > by.limits.per_grant:
        raise _exceeded("per_grant", by, by.limits.per_grant)
    if (
        not context.today - timedelta(days=context.config[Bonuses].coalition_days_back)
        <= requested.day
        <= context.today
    ):
        days = context.config[Bonuses].coalition_days_back
        raise Problem.invalid("day", "/day", f"A day of the last {days}, or today.")
    company = or_not_found(companies.read_company(context, requested.company_id), "No such company.")
    if company.currency != by.currency:
        raise Problem.invalid("currency", "/amount", f"The company's bonuses are in {company.currency}.")
    cause = Cause(
        "coalition", (client_id, requested.reference), _document(by, requested.reference), reason=requested.note
    )
    made = CoalitionGrant(
        client_id=client_id,
        reference=requested.reference,
        company_id=requested.company_id,
        currency=by.currency,
        amount=requested.amount,
        day=requested.day,
        note=requested.note,
        counted_on=context.today,
        expires_on=ledger.expires_on(context, requested.day),
        posting_id=ledger.posting_id(requested.company_id, cause),
        at=context.at,
        reversals={},
        version=1,
    )

    def credited(book: Book) -> Book:
        return ledger_rules.credit(book, made.expires_on, made.amount, made.day)

    def also(tx: Transaction, was: Book, now: Book) -> None:
        tx.create(_item(made), label=GRANT)
        _record_credited(tx, context, by, made)
        tx.check(keys.coalition_client(client_id), Attr("version").eq(by.version), label="client")
        for key, label, limit in _counters(made, by.limits):
            used = Attr("amount")
            room = used.not_exists() | used.lte(limit - made.amount)
            tx.update(key, add={"amount": made.amount}, when=room, label=label)

    try:
        ledger.change(context, requested.company_id, made.currency, cause, credited, also)
    except Refused as refused:
        if before := _load(context.table, client_id, requested.reference):
            return _same(before, requested), True
        if DAY in refused:
            raise _exceeded("per_company_and_day", by, by.limits.per_company_and_day, refused.items[DAY]) from None
        if MONTH in refused:
            raise _exceeded("per_month", by, by.limits.per_month, refused.items[MONTH]) from None
        raise Busy("the client stayed under change") from None
    # A concurrent request with the same reference may have won: its grant counts.
    found = _load(context.table, client_id, requested.reference)
    if found is None:
        raise RuntimeError(f"grant {requested.reference} was posted and is not there")
    return _same(found, requested), found != made


def read_grant(context: Context, client_id: str, reference: str) -> CoalitionGrant:
    """Raises 404 for an unknown reference."""
    return or_not_found(_load(context.table, client_id, reference))


@retry(GRANT, most=CONTESTED)
def reverse(
    context: Context, client_id: str, reference: str, reversal: str, amount: Decimal | None
) -> tuple[CoalitionGrant, bool]:
    """Reverses an amount of a grant, by default all that is left; returns the grant, and whether it was done before. One transaction.

    Raises 404 for an unknown reference, 409 for a known reversal with another amount, 422 for more than is left.
    """
    found = read_grant(context, client_id, reference)
    if reversal in found.reversals:
        if amount not in (None, found.reversals[reversal]):
            raise Problem("already_exists", f"Reversal {reversal} was of {found.reversals[reversal]}.")
        return found, True
    left = found.amount - found.reversed
    taken = left if amount is None else amount
    if taken > left or not left:
        raise Problem.invalid("exceeds_grant", "/amount", f"Of this grant {left} is left.")
    if len(found.reversals) == MOST_REVERSALS:
        raise Problem("wrong_state", f"A grant is taken back in {MOST_REVERSALS} parts at most.")
    after = found._replace(reversals={**found.reversals, reversal: taken}, version=found.version + 1)
    _take_back(context, found, after, reversal, taken)
    return after, False


def _take_back(context: Context, before: CoalitionGrant, after: CoalitionGrant, reversal: str, taken: Decimal) -> None:
    by = read_client(context, before.client_id)
    cause = Cause(
        "coalition_reversal",
        (before.client_id, before.reference, reversal),
        _document(by, before.reference),
        reason=reversal,
        reverses=before.posting_id,
    )

    def taken_back(book: Book) -> Book:
        return ledger_rules.credit(book, before.expires_on, -taken, before.day)

    def also(tx: Transaction, was: Book, now: Book) -> None:
        tx.put(_item(after), when=Attr("version").eq(before.version), label=GRANT)
        for key, label, _ in _counters(before, by.limits):
            tx.update(key, add={"amount": -taken}, label=label)

    if ledger.change(context, before.company_id, before.currency, cause, taken_back, also).again:
        raise Overtaken


def _record_credited(tx: Transaction, context: Context, by: CoalitionClient, made: CoalitionGrant) -> None:
    record_event(
        tx,
        context,
        ledger_keys.bonuses(made.company_id),
        CREDITED,
        company_id=made.company_id,
        partner=by.name,
        note=made.note,
        amount=made.amount,
        currency=made.currency,
        expires_on=made.expires_on.isoformat(),
    )


def _may_grant(context: Context, client_id: str) -> CoalitionClient:
    item = context.table.get(keys.coalition_client(client_id), consistent=True)
    if item is None or not item["active"]:
        raise Problem("client_not_registered")
    return from_item(CoalitionClient, item)


def _same(found: CoalitionGrant, requested: RequestedGrant) -> CoalitionGrant:
    if (found.company_id, found.amount, found.day, found.note) != (
        requested.company_id,
        requested.amount,
        requested.day,
        requested.note,
    ):
        raise Problem("already_exists", f"Reference {requested.reference} was used for another accrual.")
    return found


def _counters(made: CoalitionGrant, limits: CoalitionLimits) -> list[tuple[Key, str, Decimal]]:
    day = keys.coalition_usage(made.client_id, made.counted_on.isoformat(), made.company_id)
    month = keys.coalition_usage(made.client_id, made.counted_on.isoformat()[:7])
    return [(day, DAY, limits.per_company_and_day), (month, MONTH, limits.per_month)]


def _exceeded(name: str, by: CoalitionClient, limit: Decimal, used: Item | None = None) -> Problem:
    amount = used["amount"] if used else ZERO
    left = max(limit - amount, ZERO)
    return Problem(
        "limit_exceeded",
        f"{name.replace('_', ' ')}: {left:.2f} of {limit:.2f} {by.currency} is left.",
        extra={"limit": name, "left": {"amount": f"{left:.2f}", "currency": by.currency}},
    )


def _document(by: CoalitionClient, reference: str) -> dict[str, str]:
    return {"client": by.client_id, "name": by.name, "reference": reference}


def _load(table: Table, client_id: str, reference: str) -> CoalitionGrant | None:
    return table.read(CoalitionGrant, keys.coalition_grant(client_id, reference), consistent=True)


def _item(made: CoalitionGrant) -> Item:
    return {**keys.coalition_grant(made.client_id, made.reference).as_item(), **to_item(made)}
