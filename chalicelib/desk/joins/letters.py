"""Letters to the people of two companies that were joined, or parted again."""

from chalicelib import companies
from chalicelib.companies import company_name
from chalicelib.desk.joins.events import DONE, UNDONE
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import speaking_reader
from chalicelib.platform import Context
from chalicelib.table import Item


def _who_acts(context: Context, event: Item) -> list[Recipient]:
    people = companies.people_of(context, event["company_id"])
    return [Recipient("member", each.member_id) for each in people if each.status == "active"]


@letter("companies_joined", on=DONE, to=_who_acts, page="company")
@letter("companies_parted", on=UNDONE, to=_who_acts, page="company")
def of_the_join(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return speaking_reader(context, recipient.id, event["company_id"]), {
        "company": company_name(context, event),
        "other": company_name(context, {"company_id": event["other"]}),
    }
