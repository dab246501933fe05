"""Letters on whose companies change hands: to the manager who received them, and to the heads of sales where their manager is gone."""

from chalicelib import companies, members
from chalicelib.companies import Portfolio
from chalicelib.desk.hand_overs.events import HANDED_OVER
from chalicelib.mail import Facts, Reader, Recipient, Unsendable, letter
from chalicelib.members import STAFF_CHANGED, STAFF_OWNER, head_of_sales_reader, speaking_reader, who_heads_the_sales
from chalicelib.platform import Context
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.table import Item


def _receiver(context: Context, event: Item) -> list[Recipient]:
    """Nobody where the manager ordered it."""
    return [Recipient("member", event["manager_id"])] if event["manager_id"] != event["by"] else []


@letter("companies_assigned", on=HANDED_OVER, to=_receiver, page="portfolio")
def companies_assigned(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    number, names = int(event["companies"]), list(event["names"])
    return speaking_reader(context, recipient.id, STAFF_OWNER), {
        "companies": number,
        "names": names,
        "more": number - len(names),
    }


def _who_hands_over(context: Context, event: Item) -> list[Recipient]:
    """The heads of sales, where somebody who managed companies calls nobody any more."""
    calls = event["role"] in staff_roles("staff.calls")
    return [] if calls or not _managed(context, event["member_id"]) else who_heads_the_sales(context, event)


@letter("companies_left", on=STAFF_CHANGED, to=_who_hands_over, page="portfolio")
def companies_left(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """While companies have this manager still."""
    number, left = _managed(context, event["member_id"]), members.member(context, event["member_id"])
    if not number:
        raise Unsendable("handed_over")
    return head_of_sales_reader(context, recipient.id), {"manager_name": left.name if left else "", "companies": number}


def _managed(context: Context, manager_id: str) -> int:
    """The number of companies of the manager. Reads the list of all companies, for the rare day on which a manager goes."""
    return sum(1 for _ in companies.every_listed(context, "", Portfolio(manager_id=manager_id)))
