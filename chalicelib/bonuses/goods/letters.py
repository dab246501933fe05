"""Letters on goods for purchases. All amounts are those of the event."""

from datetime import date
from decimal import Decimal

from chalicelib.bonuses.goods.events import AVAILABLE, EXPIRING, SHIPPED
from chalicelib.bonuses.ledger.letters import expiring_facts
from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.platform import Context
from chalicelib.table import Item


@letter("goods_available", on=AVAILABLE, to=who_buys, page="goods")
def goods_available(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return buyer_reader(context, recipient.id, event["company_id"]), {
        "company": company_name(context, event),
        "currency": event["currency"],
        "gift": event["gift"],
        "amount": event["amount"],
        "first": date.fromisoformat(event["first_day"]),
        "last": date.fromisoformat(event["last_day"]),
        "available_from": date.fromisoformat(event["available_from"]),
        # A gift does not expire.
        "expires_on": None if event["gift"] else date.fromisoformat(event["expires_on"]),
    }


@letter("goods_expiring", on=EXPIRING, to=who_buys, page="goods")
def goods_expiring(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return buyer_reader(context, recipient.id, event["company_id"]), expiring_facts(context, event)


@letter("goods_shipped", on=SHIPPED, to=who_buys, page="goods")
def goods_shipped(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = buyer_reader(context, recipient.id, event["company_id"])
    lines = [
        {
            "sku": line["sku"],
            "name": line["name_ru"] if reader.language == "ru" else line["name"],
            "unit": line["unit"],
            "ordered": int(line["quantity"]),
            "quantity": int(line["quantity"]),
            "unit_price": line["unit_price"],
            "amount": line["amount"],
        }
        for line in event["lines"]
    ]
    return reader, {
        "company": company_name(context, event),
        "currency": event["currency"],
        "shipment": {
            "document": event["document"],
            "day": date.fromisoformat(event["day"]),
            "lines": lines,
            "total": sum((line["amount"] for line in lines), Decimal(0)),
        },
        "left": event["left"],
    }
