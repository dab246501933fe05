"""The list of the morning, by letter."""

from datetime import date

from chalicelib import companies
from chalicelib.mail import Facts, Reader, Recipient, Unsendable, letter
from chalicelib.members import STAFF_OWNER, speaking_reader
from chalicelib.platform import Context
from chalicelib.retention.lists import store
from chalicelib.retention.lists.events import LISTED
from chalicelib.table import Item


def the_manager(context: Context, event: Item) -> list[Recipient]:
    return [Recipient("member", event["manager_id"])]


@letter("calls_listed", on=LISTED, to=the_manager, page="calls")
def calls_listed(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """For a manager who still is one, on the day itself."""
    reader, day = speaking_reader(context, recipient.id, STAFF_OWNER), date.fromisoformat(event["day"])
    found = store.load(context, recipient.id, day)
    if found is None or day != context.today:
        raise Unsendable("expired")
    named = companies.read_companies(context, [call.company_id for call in found.calls])
    return reader, {
        "day": day,
        "calls": [
            {"company": named[call.company_id].name, "words": call.words[reader.language]}
            for call in found.calls
            if call.company_id in named
        ],
    }
