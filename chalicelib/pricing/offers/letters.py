"""The letter about offers that are about to expire."""

from chalicelib import contacts
from chalicelib.catalog import read_products
from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.mail import Facts, LetterClass, Reader, Recipient, Unsendable, letter
from chalicelib.platform import Context
from chalicelib.pricing.offers.events import EXPIRING
from chalicelib.pricing.offers.reminders import expiring
from chalicelib.table import Item

MOST_NAMES = 3  # of the goods of an offer


@letter(
    "offers_expiring",
    on=EXPIRING,
    to=who_buys,
    letter_class=LetterClass.CONTENT,
    guard=contacts.ADVERTISING_GUARD,
    page="offers",
)
def offers_expiring(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """For those offers that no order uses by now."""
    reader = buyer_reader(context, recipient.id, event["company_id"])
    offers = expiring(context, event["company_id"], event["offer_ids"])
    if not offers:
        raise Unsendable("used")
    skus = {sku for each in offers for sku in each.form.goods.skus[:MOST_NAMES]}
    products = read_products(context.table, skus) if skus else {}
    names = {sku: each.name_ru if reader.language == "ru" else each.name for sku, each in products.items()}
    return reader, {
        "company": company_name(context, event),
        "offers": [
            {
                "percent": each.form.percent,
                "price": each.form.price,
                "free_delivery": each.form.free_delivery,
                "currency": each.currency,
                "goods": [names.get(sku, sku) for sku in each.form.goods.skus[:MOST_NAMES]]
                + each.form.goods.brands[:MOST_NAMES],
                "last": each.form.last,
            }
            for each in offers
        ],
    }
