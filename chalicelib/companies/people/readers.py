"""A company's people as recipients of letters, and the name that letters call it by."""

from chalicelib.companies import store
from chalicelib.mail import Reader, Recipient, Unsendable
from chalicelib.members import speaking_reader
from chalicelib.platform import STAFF_OWNER, Context
from chalicelib.table import Item

# Roles that get letters about the company's tier and bonuses.
_HEAR_OF_BUYING = {"owner", "buyer"}


def who_may_confirm(context: Context, event: Item) -> list[Recipient]:
    """The company's owners, and its manager if it has one. The club's other staff see the list of those who wait."""
    if event.get("quiet"):
        return []
    people = store.people(context.table, event["company_id"])
    owners = [
        Recipient("member", person.member_id)
        for person in people
        if person.status == "active" and person.role == "owner"
    ]
    return list(dict.fromkeys(owners + manager_of(context, event)))


def manager_of(context: Context, event: Item) -> list[Recipient]:
    """The company's manager, if it has one."""
    company = store.read(context.table, event["company_id"])
    return [Recipient("member", company.manager_id)] if company and company.manager_id else []


def confirming_reader(context: Context, member_id: str, company_id: str) -> Reader:
    """An owner or the manager, if they still are. The manager must still be one of the staff."""
    company = store.read(context.table, company_id)
    if company and company.manager_id == member_id:
        return speaking_reader(context, member_id, STAFF_OWNER)
    return speaking_reader(context, member_id, company_id, {"owner"})


def who_buys(context: Context, event: Item) -> list[Recipient]:
    people = store.people(context.table, event["company_id"])
    return [
        Recipient("member", person.member_id)
        for person in people
        if person.status == "active" and person.role in _HEAR_OF_BUYING
    ]


def buyer_reader(context: Context, member_id: str, company_id: str) -> Reader:
    return speaking_reader(context, member_id, company_id, _HEAR_OF_BUYING)


def company_name(context: Context, event: Item) -> str:
    company = store.read(context.table, event["company_id"])
    if company is None:
        raise Unsendable("company_gone")
    return company.name
