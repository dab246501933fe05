"""Items of adjustments. ADJUSTMENT (the company's partition): listed for the staff while it waits."""

from boto3.dynamodb.conditions import Attr

from chalicelib.bonuses.adjustments import keys
from chalicelib.bonuses.adjustments.model import Adjustment, AdjustmentState
from chalicelib.bonuses.redemptions.store import CASE
from chalicelib.table import Page, Table, Transaction, to_item


def read_adjustment(table: Table, company_id: str, adjustment_id: str) -> Adjustment | None:
    return table.read(Adjustment, keys.adjustment(company_id, adjustment_id), consistent=True)


def adjustments_waiting(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Oldest first."""
    return table.query(keys.adjustments_waiting("", "").pk, index="gsi2", limit=limit, after=after)


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
