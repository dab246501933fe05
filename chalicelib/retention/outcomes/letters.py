"""Letters that follow a call: the benefits of the club, a display deal, and one after calls that reached nobody."""

from chalicelib import pricing
from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.contacts import ADVERTISING_GUARD
from chalicelib.mail import Facts, LetterClass, Reader, Recipient, Unsendable, letter
from chalicelib.platform import Context, Problem
from chalicelib.retention.outcomes.events import BENEFITS_PROMISED, DISPLAY_PROMISED, UNREACHED
from chalicelib.table import Item

CONTENT = LetterClass.CONTENT


@letter("club_benefits", on=BENEFITS_PROMISED, to=who_buys, letter_class=CONTENT, guard=ADVERTISING_GUARD)
@letter("not_reached", on=UNREACHED, to=who_buys, letter_class=CONTENT, guard=ADVERTISING_GUARD)
def to_the_buyers(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return buyer_reader(context, recipient.id, event["company_id"]), {"company": company_name(context, event)}


@letter(
    "display_promised", on=DISPLAY_PROMISED, to=who_buys, letter_class=CONTENT, guard=ADVERTISING_GUARD, page="displays"
)
def display_promised(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """While the promotion runs."""
    reader, facts = to_the_buyers(context, recipient, event)
    try:
        promotion = pricing.display_deal(context, event["promotion_id"])
    except Problem:
        raise Unsendable("over") from None
    name = promotion.name_ru if reader.language == "ru" else promotion.name
    return reader, {**facts, "promotion": name, "last": promotion.last}
