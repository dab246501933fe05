"""Letters about displays, to the sender of the photo."""

from datetime import date

from chalicelib.companies import company_name
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import speaking_reader, the_member
from chalicelib.platform import Context
from chalicelib.pricing.displays.events import APPROVED, REJECTED
from chalicelib.table import Item


@letter("display_approved", on=APPROVED, to=the_member, page="catalogue")
@letter("display_rejected", on=REJECTED, to=the_member, page="display")
def display_decided(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader, promotion = speaking_reader(context, recipient.id, event["company_id"]), event["promotion"]
    return reader, {
        "company": company_name(context, event),
        "inn": event["inn"],
        "promotion": promotion["name_ru"] if reader.language == "ru" else promotion["name"],
        "last": date.fromisoformat(promotion["last"]),
        "shop": event["shop_address"],
        "reason": event["reason"],
    }
