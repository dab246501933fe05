"""Items of redemptions.

REDEMPTION (the company's partition): listed for the company, and for the staff while it waits for them because no order ends it.
FORORDER: the redemption of an order, unless it was cancelled.
"""

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.bonuses.redemptions import keys
from chalicelib.bonuses.redemptions.model import Redemption, RedemptionState
from chalicelib.table import Item, Page, Table, Transaction
from chalicelib.table.records import plain, to_item

CASE = "case"  # label: it was changed meanwhile
ORDER_HELD = "order held"  # label: the order holds a redemption already


def read_redemption(table: Table, company_id: str, redemption_id: str) -> Redemption | None:
    return table.read(Redemption, keys.redemption(company_id, redemption_id), consistent=True)


def redemption_for(table: Table, company_id: str, order_id: str) -> str | None:
    """The id of the redemption that this order holds or was paid with."""
    item = table.get(keys.redemption_for_order(company_id, order_id), consistent=True)
    return item["redemption_id"] if item else None


def redemptions(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Newest first."""
    return table.query(
        keys.redemption_list(company_id, "", "").pk, index="gsi1", limit=limit, after=after, newest_first=True
    )


def redemptions_waiting(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Oldest first."""
    return table.query(keys.redemptions_waiting("", "").pk, index="gsi2", limit=limit, after=after)


def create_redemption(tx: Transaction, redemption: Redemption) -> None:
    """Refused with label `order held` if its order holds another one."""
    tx.create(_redemption_item(redemption))
    if redemption.order_id and redemption.state is not RedemptionState.CANCELLED:
        held = keys.redemption_for_order(redemption.company_id, redemption.order_id)
        tx.create({**held.as_item(), "redemption_id": redemption.redemption_id}, label=ORDER_HELD)


def remove_redemption(tx: Transaction, redemption: Redemption) -> None:
    """Refused with label `case` unless it is still as it was."""
    tx.delete(keys.redemption(redemption.company_id, redemption.redemption_id), when=_is_still(redemption), label=CASE)
    if redemption.state is not RedemptionState.CANCELLED:
        tx.delete(keys.redemption_for_order(redemption.company_id, redemption.order_id))


def reduce_redemption(tx: Transaction, before: Redemption, reduced: Redemption) -> None:
    """Refused with label `case` unless it is still as it was."""
    tx.update(
        keys.redemption(before.company_id, before.redemption_id),
        put={"amount": reduced.amount, "parts": plain(reduced.parts), "given_back": reduced.given_back},
        when=_is_still(before),
        label=CASE,
    )


def end_redemption(tx: Transaction, redemption: Redemption, state: RedemptionState, at: str) -> None:
    """Refused with label `case` unless it is still as it was. One that is cancelled leaves its order free for another."""
    tx.update(
        keys.redemption(redemption.company_id, redemption.redemption_id),
        put={"state": state.value, "ended_at": at},
        remove=("gsi2pk", "gsi2sk"),
        when=_is_still(redemption),
        label=CASE,
    )
    if redemption.order_id and state is RedemptionState.CANCELLED:
        tx.delete(keys.redemption_for_order(redemption.company_id, redemption.order_id))


def _is_still(redemption: Redemption) -> ConditionBase:
    """Compares the amount too: a step must move exactly the held amount."""
    return Attr("state").eq(redemption.state.value) & Attr("amount").eq(redemption.amount)


def _redemption_item(redemption: Redemption) -> Item:
    waiting = keys.redemptions_waiting(redemption.at, redemption.redemption_id)
    return {
        **keys.redemption(redemption.company_id, redemption.redemption_id).as_item(),
        **keys.redemption_list(redemption.company_id, redemption.at, redemption.redemption_id).as_gsi1(),
        **({} if redemption.order_id else waiting.as_gsi2()),
        **to_item(redemption),
    }
