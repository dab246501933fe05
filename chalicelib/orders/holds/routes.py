from chalicelib.orders.holds.own_stock import page_of_own_stock
from chalicelib.orders.holds.schemas import OwnStockPage, OwnStockQuery
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="orders")


@routes.get("/v1/distributor/stock", scope="fulfilment.read", query=OwnStockQuery)
def list_own_stock(call: Call) -> OwnStockPage:
    """List all products with the stock of your distributor's own warehouses, as the club promises it to buyers."""
    return call.page(OwnStockPage, page_of_own_stock, call.context, call.principal.for_distributor(), call.language)
