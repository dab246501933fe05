"""Letters that follow a call: the benefits of the club, and one after calls that reached nobody."""

from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.contacts import ADVERTISING_GUARD
from chalicelib.mail import Facts, LetterClass, Reader, Recipient, letter
from chalicelib.platform.context import Context
from chalicelib.retention.outcomes.events import BENEFITS_PROMISED, UNREACHED
from chalicelib.table.transactions import Item

CONTENT = LetterClass.CONTENT


@letter("club_benefits", on=BENEFITS_PROMISED, to=who_buys, letter_class=CONTENT, guard=ADVERTISING_GUARD)
@letter("not_reached", on=UNREACHED, to=who_buys, letter_class=CONTENT, guard=ADVERTISING_GUARD)
def to_the_buyers(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return buyer_reader(context, recipient.id, event["company_id"]), {"company": company_name(context, event)}
