"""The letter to a manager who received companies."""

from chalicelib.desk.hand_overs.events import HANDED_OVER
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import STAFF_OWNER, speaking_reader
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Item


def _receiver(context: Context, event: Item) -> list[Recipient]:
    """Nobody where the manager ordered it."""
    return [Recipient("member", event["manager_id"])] if event["manager_id"] != event["by"] else []


@letter("companies_assigned", on=HANDED_OVER, to=_receiver, page="portfolio")
def companies_assigned(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    companies, names = int(event["companies"]), list(event["names"])
    return speaking_reader(context, recipient.id, STAFF_OWNER), {
        "companies": companies,
        "names": names,
        "more": companies - len(names),
    }
