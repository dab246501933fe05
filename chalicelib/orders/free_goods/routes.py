from chalicelib.orders.free_goods import service, store
from chalicelib.orders.free_goods.rules import OrderFreeGoods
from chalicelib.orders.free_goods.schemas import OrderFreeGoodsPage, OrderFreeGoodsView, ShipFreeGoodsForm
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Call, Routes
from chalicelib.table.records import from_item

routes = Routes(__name__, tag="orders")


@routes.get("/v1/company/goods-on-top", scope="orders.read", query=PageQuery, answer=OrderFreeGoodsPage)
def list_free_goods(call: Call) -> OrderFreeGoodsPage:
    """List the free goods of the company's orders with their terms and states, newest order first."""
    cursors = call.cursors()
    company_id, after = call.principal.for_company(), cursors.open(call.query.cursor)
    page = store.page(call.context.table, company_id, call.query.limit, after)
    items = [OrderFreeGoodsView.of(from_item(OrderFreeGoods, item)) for item in page.items]
    return OrderFreeGoodsPage(items=items, next_cursor=cursors.close(page.last))


@routes.post(
    "/v1/distributor/orders/{order_id}/goods-on-top/{gift_id}/ship",
    scope="fulfilment.write",
    body=ShipFreeGoodsForm,
    answer=OrderFreeGoodsView,
    keyed=True,
    problems=("not_found", "wrong_state"),
)
def ship_free_goods(call: Call, order_id: str, gift_id: str) -> OrderFreeGoods:
    """Record the shipment of an order's granted free goods. They cost nothing and are no purchase volume."""
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    context = call.answering(OrderFreeGoodsView.of)
    return service.ship(context, distributor_id, member_id, order_id, gift_id, call.body)
