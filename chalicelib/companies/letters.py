"""Letters on who acts for a company."""

from chalicelib import members
from chalicelib.companies import company as companies_company
from chalicelib.companies import store
from chalicelib.companies.events import PERSON_CLAIMED, PERSON_CONFIRMED, PERSON_INVITED
from chalicelib.companies.readers import company_name, confirming_reader, who_may_confirm
from chalicelib.mail import Facts, Reader, Recipient, Unsendable, letter
from chalicelib.members import speaking_reader, the_member
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Item


@letter("person_claimed", on=PERSON_CLAIMED, to=who_may_confirm)
def person_claimed(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = confirming_reader(context, recipient.id, event["company_id"])
    claimant = members.member(context, event["member_id"])
    if claimant is None:
        raise Unsendable("claimant_gone")
    return reader, {
        "company": company_name(context, event),
        "claimant": claimant.name,
        "claimant_email": claimant.email,
    }


def _who_is_invited(context: Context, event: Item) -> list[Recipient]:
    return [] if event.get("quiet") else the_member(context, event)


@letter("person_invited", on=PERSON_INVITED, to=_who_is_invited)
def person_invited(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    invited = members.member(context, recipient.id)
    if invited is None:
        raise Unsendable("recipient_gone")
    person = store.read_scene(context.table, event["company_id"], recipient.id, recipient.id).person
    if person is None or person.status != "invited":
        raise Unsendable("no_longer_speaks")
    if invited.email_confirmed_at:
        return Reader(invited.email, invited.language, invited.name), {"company": company_name(context, event)}
    # Neither name nor company: somebody typed them, and nobody has shown that this address wants to hear of it.
    return Reader(invited.email, invited.language, ""), {"company": ""}


@letter("person_confirmed", on=PERSON_CONFIRMED, to=the_member)
def person_confirmed(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = speaking_reader(context, recipient.id, event["company_id"])
    company = companies_company.read_company(context, event["company_id"])
    manager = members.member(context, company.manager_id) if company and company.manager_id else None
    return reader, {
        "company": company.name if company else "",
        "manager": {"name": manager.name, "email": manager.email} if manager else None,
    }
