"""Items of approvals. APPROVAL: the fields of the record; listed for the staff while it waits.

ALONE: the sums that one person gave alone in a month, by what was given. A sum grows under the condition that it stays within its limit, so two
acts at once cannot both pass.
"""

from collections.abc import Mapping
from decimal import Decimal

from boto3.dynamodb.conditions import Attr

from chalicelib.platform.approvals import keys
from chalicelib.platform.approvals.model import Approval, ApprovalState
from chalicelib.platform.context import Context
from chalicelib.table.client import Page, Position, Table
from chalicelib.table.key import Key
from chalicelib.table.records import to_item
from chalicelib.table.transactions import Transaction

APPROVAL = "approval"  # label: it waits no more, or was asked for before
ALONE = "alone"  # label: a sum would pass its limit
ALONE_KEEP_DAYS = 62  # the sums of a month are asked for within it

Limits = Mapping[str, Decimal]  # of an author's sums of a month: to a company, by its id, and to all of them, by ""


def read(table: Table, approval_id: str) -> Approval | None:
    return table.read(Approval, keys.approval(approval_id), consistent=True)


def waiting(table: Table, limit: int, after: Position) -> Page:
    """Oldest first."""
    return table.query(keys.approvals_waiting("", "").pk, index="gsi2", limit=limit, after=after)


def create(tx: Transaction, asked: Approval) -> None:
    listed = keys.approvals_waiting(asked.at, asked.approval_id)
    tx.create({**keys.approval(asked.approval_id).as_item(), **listed.as_gsi2(), **to_item(asked)}, label=APPROVAL)


def decide(tx: Transaction, decided: Approval) -> None:
    """Refused with label `approval` unless it still waits."""
    tx.put(
        {**keys.approval(decided.approval_id).as_item(), **to_item(decided)},
        when=Attr("state").eq(ApprovalState.WAITING.value),
        label=APPROVAL,
    )


def fits_alone(context: Context, author: str, given: str, amount: Decimal, limits: Limits) -> bool:
    """Whether the author may give it alone this month (UTC). One call; `add_alone` holds it."""
    every = {_alone(context, author, each): limit for each, limit in limits.items()}
    found = context.table.get_many(every, consistent=True)
    return all(found.get(key, {}).get(given, 0) + amount <= limit for key, limit in every.items())


def add_alone(tx: Transaction, context: Context, author: str, given: str, amount: Decimal, limits: Limits) -> None:
    """Adds it to what its author has given alone this month. `given`: a name for what is added up. No limit is below the amount.

    Refused with label `alone` if a sum would pass its limit.
    """
    for company_id, limit in limits.items():
        tx.update(
            _alone(context, author, company_id),
            add={given: amount},
            put={"expires_at": context.expiry(days=ALONE_KEEP_DAYS)},
            when=Attr(given).not_exists() | Attr(given).lte(limit - amount),
            label=ALONE,
        )


def _alone(context: Context, author: str, company_id: str) -> Key:
    return keys.alone(author, context.at[: len("2026-11")], company_id)
