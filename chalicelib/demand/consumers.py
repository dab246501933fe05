"""Consumers of the events of demands, and of arrived stock."""

from chalicelib.catalog import STOCK_ARRIVED
from chalicelib.demand import store
from chalicelib.demand.answers import ask_for_answers, in_stock
from chalicelib.demand.events import ANSWERED, CANCELLED, CHANGED, OPENED
from chalicelib.platform import Context, Event, consumer


@consumer(STOCK_ARRIVED)
def on_stock_arrived(context: Context, event: Event) -> None:
    """Starts answers for the articles that members wait for. One read."""
    counts = store.read_counts(context.table, event.item["skus"])
    ask_for_answers(*sorted(sku for sku, count in counts.items() if count.demands))


@consumer(OPENED, CHANGED, CANCELLED, ANSWERED)
def on_demand_moved(context: Context, event: Event) -> None:
    """Updates the rank of the article, once for a batch: all its events were written before."""
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
