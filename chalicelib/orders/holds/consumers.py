"""The consumer of stock figures."""

from chalicelib import distributors
from chalicelib.catalog import STOCK_RECORDED, read_items, stock_of
from chalicelib.distributors import DeliversFrom
from chalicelib.orders.holds.reservations import forget
from chalicelib.orders.order.model import available_of
from chalicelib.platform import Context, Event, consumer


@consumer(STOCK_RECORDED)
def on_stock_recorded(context: Context, event: Event) -> None:
    """Drops the shipments from before the new count: its figures include them."""
    owners = distributors.warehouse_owners(context.table)
    if not owners:
        return
    items = read_items(context.table, event.item["skus"], consistent=True)
    stocks = {sku: stock_of(item) for sku, item in items.items()}
    for distributor_id in sorted(set(owners.values())):
        own = DeliversFrom(frozenset(name for name, owner in owners.items() if owner == distributor_id), binding=True)
        moments = {sku: at for sku, stock in stocks.items() if (at := available_of(own.figures(stock)).at)}
        forget(context, distributor_id, moments)
