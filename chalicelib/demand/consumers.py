"""Consumers of demands' events, and of stock that somebody may wait for."""

from chalicelib.catalog import STOCK_ARRIVED
from chalicelib.demand import store
from chalicelib.demand.answers import ask_for_answers, in_stock
from chalicelib.demand.events import ANSWERED, CANCELLED, CHANGED, OPENED
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer


@consumer(STOCK_ARRIVED)
def on_stock_arrived(context: Context, event: Event) -> None:
    """Asks for answers for those of the articles that somebody waits for. One read, whatever arrived."""
    counts = store.read_counts(context.table, event.item["skus"])
    ask_for_answers(*sorted(sku for sku, count in counts.items() if count.demands))


@consumer(OPENED, CHANGED, CANCELLED, ANSWERED)
def on_demand_moved(context: Context, event: Event) -> None:
    """Makes the list of what is wanted follow: once for an article and a batch, since what the batch tells was written before it."""
    sku: str = event.item["sku"]
    if not sku:
        return
    ranked, asked = ("demand_rank", sku), ("demand_asked", sku)
    if ranked not in event.batch:
        store.follow_rank(context, sku)
        event.batch[ranked] = True
    if event.name == OPENED and asked not in event.batch:
        if in_stock(context, sku):
            ask_for_answers(sku)
        event.batch[asked] = True
