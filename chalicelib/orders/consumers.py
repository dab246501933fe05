"""Consumers of the events of orders and of payments."""

from datetime import date

from chalicelib import pricing, sales
from chalicelib.orders.holds import credit
from chalicelib.orders.order.events import (
    ACCEPTED,
    CANCELLED,
    COMPLETED,
    CONFIRMED,
    MOVED,
    PLACED,
    REJECTED,
    RETURNED,
    SHIPPED,
)
from chalicelib.orders.order.service import load_order
from chalicelib.orders.order.store import company_of
from chalicelib.platform import Context, Event, consumer
from chalicelib.sales import ORDERS, PAYMENT_RECORDED, SALE_RECORDED, Original, SaleDocument, SaleLine


@consumer(SHIPPED)
def record_shipment(context: Context, event: Event) -> None:
    """Records a shipment as a purchase under the number of the distributor's document."""
    shipped = event.item
    shipment = shipped["shipment"]
    document = SaleDocument(
        source=ORDERS,
        # Numbers are a distributor's own and begin again every year; beside the order they are unique for ever.
        series=f"{shipped['distributor_id']}:{shipped['order_id']}",
        number=shipment["document"],
        company_id=shipped["company_id"],
        business_date=date.fromisoformat(shipment["day"]),
        currency=shipment["currency"],
        lines=[
            SaleLine(line["sku"], line["name"], line["quantity"], line["unit_price"], line["amount"])
            for line in shipment["lines"]
        ],
        other_currency=shipped.get("other_currency", False),
        contract=shipment.get("contract", ""),
    )
    sales.record(context, [document], as_of=shipped["at"])


@consumer(RETURNED)
def record_return(context: Context, event: Event) -> None:
    """Records an accepted return as one return document for each shipment that goods came back of.

    Its number is that of the distributor's return document, unique within an order. Each shipment has a series of its own, since one return
    document may name goods of several shipments.
    """
    returned = event.item
    back = returned["return"]
    shipments = f"{returned['distributor_id']}:{returned['order_id']}"
    documents = [
        SaleDocument(
            source=ORDERS,
            series=f"{shipments}:{part['number']}",
            number=back["document"],
            company_id=returned["company_id"],
            business_date=date.fromisoformat(back["day"]),
            currency=back["currency"],
            lines=[
                SaleLine(line["sku"], line["name"], -line["quantity"], line["unit_price"], -line["amount"])
                for line in part["lines"]
            ],
            kind="return",
            original=Original(part["document"], (shipments,), date.fromisoformat(part["day"])),
            other_currency=returned.get("other_currency", False),
        )
        for part in back["parts"]
    ]
    sales.record(context, documents, as_of=returned["at"])


@consumer(SHIPPED)
def settle_shipment(context: Context, event: Event) -> None:
    """Settles the debt of a shipment that was paid before it was recorded."""
    shipped = event.item
    shipment = shipped["shipment"]
    if "on_credit" in shipment:
        ids = (shipped["company_id"], shipped["distributor_id"], shipped["order_id"])
        credit.settle(context, *ids, shipment["document"])


@consumer(MOVED)
def settle_moved(context: Context, event: Event) -> None:
    """Settles the debts of an order that went to another company: what changed meanwhile was told of the one before."""
    company_id, distributor_id, order_id = (event.item[name] for name in ("company_id", "distributor_id", "order_id"))
    order = load_order(context, company_id, order_id)
    for shipment in order.shipments if order else ():
        credit.settle(context, company_id, distributor_id, order_id, shipment.document)


@consumer(SALE_RECORDED)
def settle_sale(context: Context, event: Event) -> None:
    """Settles the debt of a shipment of which the books say another amount, or that a return follows or follows no more."""
    sale = event.item
    named = [sale[name] for name in ("original", "left") if name in sale]
    shipments = [
        f"{original['series']}/{original['number']}"
        for original in named
        if original.get("source", sale["source"]) == ORDERS
    ]
    if sale["source"] == ORDERS and "booked_as" in sale and sale["kind"] == "sale":
        shipments.append(f"{sale['series']}/{sale['document']}")
    for shipment in shipments:
        _settle(context, shipment)


@consumer(PAYMENT_RECORDED)
def settle_payment(context: Context, event: Event) -> None:
    """Settles the debt of a shipment whose payment was recorded or corrected."""
    if event.item["source"] == ORDERS:
        _settle(context, event.item["document"])


def _settle(context: Context, shipment: str) -> None:
    series, _, document = shipment.partition("/")
    distributor_id, _, order_id = series.partition(":")
    if company_id := company_of(context.table, distributor_id, order_id):
        credit.settle(context, company_id, distributor_id, order_id, document)


@consumer(PLACED, CONFIRMED, ACCEPTED, REJECTED, CANCELLED, COMPLETED)
def follow_limits(context: Context, event: Event) -> None:
    """Closes a promotion whose limits are used up, and opens it when units are given back."""
    for promotion_id in event.item.get("promotions", ()):
        if event.batch.setdefault(("promotion", promotion_id), event.id) == event.id:
            pricing.follow_limits(context, promotion_id)
