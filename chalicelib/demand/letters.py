"""The letter on an answered demand."""

from chalicelib.catalog import read_products
from chalicelib.demand.events import ANSWERED
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import speaking_reader, the_member
from chalicelib.platform import Club, Context, clock
from chalicelib.table import Item


@letter("demand_answered", on=ANSWERED, to=the_member, page="demand")
def demand_answered(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """For a member who still belongs to the company of the demand."""
    reader, answered = speaking_reader(context, recipient.id, event["company_id"]), event["answered"]
    products = read_products(context.table, {event["sku"], answered["sku"]} - {""})
    named = {
        sku: {"sku": sku, "name": each.name_ru if reader.language == "ru" else each.name, "unit": each.unit}
        for sku, each in products.items()
    }
    return reader, {
        "by_stock": answered["by"] == "stock",
        "wish": event["text"] or named[event["sku"]]["name"],
        "asked_on": clock.local_day(clock.moment(event["opened_at"]), context.config[Club].zone),
        "quantity": int(event["quantity"]),
        "answer": answered["text"],
        "product": named.get(answered["sku"]),
    }
