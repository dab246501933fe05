from chalicelib.orders.free_goods import service, store
from chalicelib.orders.free_goods.rules import OrderFreeGoods
from chalicelib.orders.free_goods.schemas import OrderFreeGoodsPage, OrderFreeGoodsView, ShipFreeGoodsForm
from chalicelib.platform import Call, PageQuery, Routes

routes = Routes(__name__, tag="orders")


@routes.get("/v1/company/goods-on-top", scope="orders.read", query=PageQuery)
def list_free_goods(call: Call) -> OrderFreeGoodsPage:
    """List the free goods of the company's orders with their terms and states, newest order first."""
    company_id = call.principal.for_company()
    return call.page(
        OrderFreeGoodsPage, store.page, call.context.table, company_id, of=OrderFreeGoods, show=OrderFreeGoodsView.of
    )


@routes.post(
    "/v1/distributor/orders/{order_id}/goods-on-top/{gift_id}/ship",
    scope="fulfilment.write",
    answer=OrderFreeGoodsView,
    keyed=True,
    problems=("wrong_state",),
)
def ship_free_goods(call: Call, form: ShipFreeGoodsForm, order_id: str, gift_id: str) -> OrderFreeGoods:
    """Record the shipment of an order's granted free goods. They cost nothing and are no purchase volume."""
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    context = call.answering(OrderFreeGoodsView.of)
    return service.ship(context, distributor_id, author, order_id, gift_id, form)
