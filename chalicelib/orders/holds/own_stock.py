"""Read the stock of a distributor's own warehouses, as the club promises it to buyers."""

from chalicelib import catalog, distributors
from chalicelib.distributors import Distributor
from chalicelib.orders.holds import reservations
from chalicelib.orders.holds.schemas import OwnStockView
from chalicelib.orders.order.model import available_of
from chalicelib.platform import Context, Language, or_not_found
from chalicelib.table import Item, Position


def page_of_own_stock(
    context: Context, distributor_id: str, language: Language, limit: int, after: Position
) -> tuple[list[OwnStockView], Position]:
    """All products by article number. Three calls. Raises 404 for an unknown distributor."""
    known = or_not_found(distributors.distributor(context, distributor_id))
    found = catalog.page_of_items(context.table, limit=limit, after=after)
    skus = [item["sku"] for item in found.items]
    binding = known.stock.binding
    reserved = reservations.reserved(context.table, distributor_id, skus) if binding else {}
    return [_view(known, item, reserved.get(item["sku"]), language) for item in found.items], found.last


def _view(known: Distributor, item: Item, reserved: int | None, language: Language) -> OwnStockView:
    figures = [each for name, each in sorted(catalog.stock_of(item).items()) if name in known.stock.warehouses]
    return OwnStockView(
        sku=item["sku"],
        name=item["name_ru"] if language == "ru" else item["name"],
        unit=item["unit"],
        stock=[catalog.StockView.of(each) for each in figures],
        reserved=reserved,
        available=max(available_of(figures).units - (reserved or 0), 0),
    )
