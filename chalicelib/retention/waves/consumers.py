"""Consumers that fill waves, and count contacts with companies that are held out."""

from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer
from chalicelib.pricing import OFFER_ISSUED
from chalicelib.retention.states.events import STATE_CHANGED
from chalicelib.retention.waves import service
from chalicelib.table.transactions import Transaction


@consumer(STATE_CHANGED)
def on_state_changed(context: Context, event: Event) -> None:
    """Takes a company that became dormant or lost into the open wave."""
    if event.item["state"] in service.TO_WIN_BACK:
        service.assign(context, [event.item["company_id"]])


@consumer(OFFER_ISSUED)
def on_offer_issued(context: Context, event: Event) -> None:
    """Records the offer as a breach, if its company is held out."""
    offered = event.item
    tx = Transaction()
    service.add_breach(context, tx, offered["company_id"], "offer", offered["offer_id"], offered["by"])
    context.table.commit(tx)
