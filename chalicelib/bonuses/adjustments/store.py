"""Items of adjustments. ADJUSTMENT (the company's partition): listed for the staff while it waits."""

from collections.abc import Mapping
from decimal import Decimal

from boto3.dynamodb.conditions import Attr

from chalicelib.bonuses.adjustments import keys
from chalicelib.bonuses.adjustments.model import Adjustment, AdjustmentState
from chalicelib.bonuses.redemptions.store import CASE
from chalicelib.platform.context import Context
from chalicelib.platform.money import Money
from chalicelib.table.client import Page, Table
from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import Transaction


def read_adjustment(table: Table, company_id: str, adjustment_id: str) -> Adjustment | None:
    item = table.get(keys.adjustment(company_id, adjustment_id), consistent=True)
    return from_item(Adjustment, item) if item else None


def adjustments_waiting(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Oldest first."""
    return table.query(keys.adjustments_waiting("", "").pk, index="gsi2", limit=limit, after=after)


ALONE = "alone"  # labels of `add_alone` begin so
ALONE_KEEP_DAYS = 62  # the sums of a month are asked for within it


def add_alone(tx: Transaction, context: Context, author: str, amount: Money, limits: Mapping[str, Decimal]) -> None:
    """Adds it to what its author has given alone this month: to a company, by its id, or to all of them, by "". No limit is below the amount.

    Refused with a label that begins with `ALONE` if a sum would pass its limit.
    """
    sums = f"sum:{amount.currency}"
    for company_id, limit in limits.items():
        tx.update(
            keys.adjustments_alone(author, context.at[: len("2026-11")], company_id),
            add={sums: amount.amount},
            put={"expires_at": context.expiry(days=ALONE_KEEP_DAYS)},
            when=Attr(sums).not_exists() | Attr(sums).lte(limit - amount.amount),
            label=f"{ALONE} {company_id}",
        )


def create_adjustment(tx: Transaction, adjustment: Adjustment) -> None:
    waits = adjustment.state is AdjustmentState.WAITING
    tx.create(
        {
            **keys.adjustment(adjustment.company_id, adjustment.adjustment_id).as_item(),
            **(keys.adjustments_waiting(adjustment.at, adjustment.adjustment_id).as_gsi2() if waits else {}),
            **to_item(adjustment),
        }
    )


def decide_adjustment(tx: Transaction, decided: Adjustment) -> None:
    """Refused with label `case` unless it still waits."""
    tx.update(
        keys.adjustment(decided.company_id, decided.adjustment_id),
        put={
            "state": decided.state.value,
            "decided_by": decided.decided_by,
            "decided_at": decided.decided_at,
            "note": decided.note,
        },
        remove=("gsi2pk", "gsi2sk"),
        when=Attr("state").eq(AdjustmentState.WAITING.value),
        label=CASE,
    )
