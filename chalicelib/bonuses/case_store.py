"""Redemptions and adjustments, as they lie in the table. See `redemption_keys.py` and `adjustment_keys.py`.

REDEMPTION (the company's partition): listed for the company; for the staff as well while it waits for them, since no order ends it.
FORORDER: which redemption an order holds, as long as it holds one.
ADJUSTMENT (the company's partition): listed for the staff while it waits.
"""

from datetime import date
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.bonuses import adjustment_keys, redemption_keys
from chalicelib.bonuses.cases import Adjustment, AdjustmentState, Redemption, RedemptionState
from chalicelib.bonuses.rules import ZERO, Parts
from chalicelib.table.client import Page, Table
from chalicelib.table.transactions import Item, Transaction

CASE = "case"  # label: somebody else decided it meanwhile
ORDER_HELD = "order held"  # label: the order holds a redemption already

# --- redemptions ------------------------------------------------------------------------------------------------------


def read_redemption(table: Table, company_id: str, redemption_id: str) -> Redemption | None:
    item = table.get(redemption_keys.redemption(company_id, redemption_id), consistent=True)
    return redemption_of(item) if item else None


def redemption_for(table: Table, company_id: str, order_id: str) -> str | None:
    """The redemption that this order holds, or was paid with."""
    item = table.get(redemption_keys.redemption_for_order(company_id, order_id), consistent=True)
    return item["redemption_id"] if item else None


def redemptions(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Newest first."""
    return table.query(
        redemption_keys.redemption_list(company_id, "", "").pk,
        index="gsi1",
        limit=limit,
        after=after,
        newest_first=True,
    )


def redemptions_waiting(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Oldest first."""
    return table.query(redemption_keys.redemptions_waiting("", "").pk, index="gsi2", limit=limit, after=after)


def create_redemption(tx: Transaction, redemption: Redemption) -> None:
    """Refused with label `order held` if its order holds another one."""
    tx.create(_redemption_item(redemption))
    if redemption.order_id:
        held = redemption_keys.redemption_for_order(redemption.company_id, redemption.order_id)
        tx.create({**held.as_item(), "redemption_id": redemption.redemption_id}, label=ORDER_HELD)


def reduce_redemption(tx: Transaction, before: Redemption, reduced: Redemption) -> None:
    """Refused with label `case` unless it is still as it was."""
    tx.update(
        redemption_keys.redemption(before.company_id, before.redemption_id),
        put={"amount": reduced.amount, "parts": _parts_item(reduced.parts), "given_back": reduced.given_back},
        when=_is_still(before),
        label=CASE,
    )


def end_redemption(tx: Transaction, redemption: Redemption, state: RedemptionState, at: str) -> None:
    """Refused with label `case` unless it is still as it was. One that is cancelled leaves its order free for another."""
    tx.update(
        redemption_keys.redemption(redemption.company_id, redemption.redemption_id),
        put={"state": state.value, "ended_at": at},
        remove=("gsi2pk", "gsi2sk"),
        when=_is_still(redemption),
        label=CASE,
    )
    if redemption.order_id and state is RedemptionState.CANCELLED:
        tx.delete(redemption_keys.redemption_for_order(redemption.company_id, redemption.order_id))


def _is_still(redemption: Redemption) -> ConditionBase:
    """With its amount: what is given back or used up is what is held."""
    return Attr("state").eq(redemption.state.value) & Attr("amount").eq(redemption.amount)


def _parts_item(parts: Parts) -> Item:
    return {expires_on.isoformat(): part for expires_on, part in parts.items()}


def _redemption_item(redemption: Redemption) -> Item:
    waiting = redemption_keys.redemptions_waiting(redemption.at, redemption.redemption_id)
    return {
        **redemption_keys.redemption(redemption.company_id, redemption.redemption_id).as_item(),
        **redemption_keys.redemption_list(redemption.company_id, redemption.at, redemption.redemption_id).as_gsi1(),
        **({} if redemption.order_id else waiting.as_gsi2()),
        "redemption_id": redemption.redemption_id,
        "company_id": redemption.company_id,
        "currency": redemption.currency,
        "amount": redemption.amount,
        "parts": _parts_item(redemption.parts),
        "held_on": redemption.held_on.isoformat(),
        "at": redemption.at,
        "member_id": redemption.member_id,
        "posting_id": redemption.posting_id,
        "order_id": redemption.order_id,
        "note": redemption.note,
        "state": redemption.state.value,
        "ended_at": redemption.ended_at,
        "given_back": redemption.given_back,
    }


def redemption_of(item: Item) -> Redemption:
    parts: dict[str, Any] = item["parts"]
    return Redemption(
        redemption_id=item["redemption_id"],
        company_id=item["company_id"],
        currency=item["currency"],
        amount=item["amount"],
        parts={date.fromisoformat(day): part for day, part in sorted(parts.items())},
        held_on=date.fromisoformat(item["held_on"]),
        at=item["at"],
        member_id=item["member_id"],
        posting_id=item["posting_id"],
        order_id=item["order_id"],
        note=item["note"],
        state=RedemptionState(item["state"]),
        ended_at=item["ended_at"],
        given_back=item.get("given_back", ZERO),
    )


# --- adjustments ------------------------------------------------------------------------------------------------------


def read_adjustment(table: Table, company_id: str, adjustment_id: str) -> Adjustment | None:
    item = table.get(adjustment_keys.adjustment(company_id, adjustment_id), consistent=True)
    return adjustment_of(item) if item else None


def adjustments_waiting(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Oldest first."""
    return table.query(adjustment_keys.adjustments_waiting("", "").pk, index="gsi2", limit=limit, after=after)


def create_adjustment(tx: Transaction, adjustment: Adjustment) -> None:
    waits = adjustment.state is AdjustmentState.WAITING
    tx.create(
        {
            **adjustment_keys.adjustment(adjustment.company_id, adjustment.adjustment_id).as_item(),
            **(adjustment_keys.adjustments_waiting(adjustment.at, adjustment.adjustment_id).as_gsi2() if waits else {}),
            "adjustment_id": adjustment.adjustment_id,
            "company_id": adjustment.company_id,
            "currency": adjustment.currency,
            "amount": adjustment.amount,
            "reason": adjustment.reason,
            "expires_on": adjustment.expires_on.isoformat() if adjustment.expires_on else "",
            "at": adjustment.at,
            "author": adjustment.author,
            "state": adjustment.state.value,
            "decided_by": adjustment.decided_by,
            "decided_at": adjustment.decided_at,
            "note": adjustment.note,
        }
    )


def decide_adjustment(tx: Transaction, decided: Adjustment) -> None:
    """Refused with label `case` unless it still waits."""
    tx.update(
        adjustment_keys.adjustment(decided.company_id, decided.adjustment_id),
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


def adjustment_of(item: Item) -> Adjustment:
    return Adjustment(
        adjustment_id=item["adjustment_id"],
        company_id=item["company_id"],
        currency=item["currency"],
        amount=item["amount"],
        reason=item["reason"],
        expires_on=date.fromisoformat(item["expires_on"]) if item["expires_on"] else None,
        at=item["at"],
        author=item["author"],
        state=AdjustmentState(item["state"]),
        decided_by=item["decided_by"],
        decided_at=item["decided_at"],
        note=item["note"],
    )
