"""Items of approvals. APPROVAL: the fields of the record; listed for the staff while it waits."""

from boto3.dynamodb.conditions import Attr

from chalicelib.platform.approvals import keys
from chalicelib.platform.approvals.model import Approval, ApprovalState
from chalicelib.table.client import Page, Position, Table
from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import Transaction

APPROVAL = "approval"  # label: it waits no more, or was asked for before


def read(table: Table, approval_id: str) -> Approval | None:
    item = table.get(keys.approval(approval_id), consistent=True)
    return from_item(Approval, item) if item else None


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
