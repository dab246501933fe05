"""Orders and their lines as tables for SQL."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from chalicelib.orders.order.store import order_of
from chalicelib.platform import local_day, moment
from chalicelib.platform.registry.datasets import Column, Dataset, Image, ItemRows, Row, Source
from chalicelib.table import Key

_HEAD = (
    Column("order_id", "text", "The order"),
    Column("company_id", "text", "The company that ordered"),
    Column("distributor_id", "text", "The distributor that delivers"),
    Column("placed_on", "day", "The day of the order"),
    Column("state", "text", "As in the API, such as `completed`"),
    Column("currency", "text", "Of the amounts"),
)

ORDERS = Dataset(
    "orders",
    "Orders placed in the portal",
    (
        *_HEAD,
        Column("number", "text", "The number that people see"),
        Column("lines", "count", "Number of lines"),
        Column("total", "amount", "Sum of the agreed lines"),
        Column("net", "amount", "The same less accepted returns"),
    ),
)

ORDER_LINES = Dataset(
    "order_lines",
    "Lines of the orders, with the price and the rule that made it",
    (
        *_HEAD,
        Column("line", "count", "Place in the order, from 1"),
        Column("sku", "text", "The article"),
        Column("quantity", "quantity", "Ordered units"),
        Column(
            "agreed", "quantity", "Accepted units less those of a cancellation; before the acceptance, the ordered ones"
        ),
        Column("shipped", "quantity", "Shipped units"),
        Column("list_price", "price", "Base price of a unit"),
        Column("unit_price", "price", "Price of a unit"),
        Column("rule", "text", "The rule that made the price, as in the API"),
        Column("amount", "amount", "Sum of the agreed units"),
    ),
)


def _order(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    order, key = order_of(item), Key(item["pk"], item["sk"])
    head: Row = {
        "order_id": order.order_id,
        "company_id": order.company_id,
        "distributor_id": order.distributor_id,
        "placed_on": local_day(moment(order.placed_at), zone),
        "state": order.state.value,
        "currency": order.currency,
    }
    whole: Row = {**head, "number": order.number, "lines": len(order.lines), "total": order.total, "net": order.net}
    yield ItemRows(ORDERS, key, (whole,))
    lines: list[Row] = [
        {
            **head,
            "line": place,
            "sku": line.sku,
            "quantity": line.quantity,
            "agreed": line.agreed,
            "shipped": line.shipped,
            "list_price": line.base_price,
            "unit_price": line.unit_price,
            "rule": line.chosen.rule,
            "amount": line.amount,
        }
        for place, line in enumerate(order.lines, 1)
    ]
    yield ItemRows(ORDER_LINES, key, lines)


SOURCES = (Source("COMPANY", "ORDER", (ORDERS, ORDER_LINES), _order),)
