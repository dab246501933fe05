"""Letters on the free goods of an order. Their facts are those of the event."""

from datetime import date

from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.orders.free_goods.events import GRANTED, SHIPPED, UNPAID, WITHDRAWN
from chalicelib.orders.order.readers import distributor_reader, the_distributor
from chalicelib.platform import Context
from chalicelib.table import Item

_PAGES = {"member": "order", "distributor": "distributor_order"}


def _who_buys_and_the_distributor(context: Context, event: Item) -> list[Recipient]:
    return [*who_buys(context, event), *the_distributor(context, event)]


def _buyers_and_the_distributor_if_granted(context: Context, event: Item) -> list[Recipient]:
    """The buyers, unless they cancelled the order themselves; and the distributor, if the goods were granted before."""
    buyers = [] if event.get("why") == "cancelled" else who_buys(context, event)
    return [*buyers, *(the_distributor(context, event) if event.get("was_granted") else [])]


@letter("goods_on_top_granted", on=GRANTED, to=_who_buys_and_the_distributor, page=_PAGES)
@letter("goods_on_top_unpaid", on=UNPAID, to=who_buys, page="order")
@letter("goods_on_top_withdrawn", on=WITHDRAWN, to=_buyers_and_the_distributor_if_granted, page=_PAGES)
@letter("goods_on_top_shipped", on=SHIPPED, to=who_buys, page="order")
def of_the_goods(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    distributor = distributor_reader(context, event["distributor_id"])
    for_distributor = recipient.kind == "distributor"
    reader = distributor if for_distributor else buyer_reader(context, recipient.id, event["company_id"])
    named = "name_ru" if reader.language == "ru" else "name"
    goods = event["goods"]
    shipped = {"document": event["document"], "day": date.fromisoformat(event["day"])} if "day" in event else None
    return reader, {
        "company": company_name(context, event),
        "number": event["number"],
        "distributor": distributor.name,
        "for_distributor": for_distributor,
        "promotion": event["promotion"][named],
        "goods": {**goods, "name": goods[named], "quantity": int(goods["quantity"])},
        "why": event.get("why"),
        "shipments": [
            {"document": each["document"], "last_day": date.fromisoformat(each["last_day"])}
            for each in event.get("shipments", ())
        ],
        "shipment": shipped,
    }
