"""Letters on who acts for a company."""

from chalicelib import members
from chalicelib.companies import rules, store
from chalicelib.companies.events import (
    CHANGED,
    MANAGER_CHANGED,
    OWNER_LEFT,
    PERSON_CLAIMED,
    PERSON_CONFIRMED,
    PERSON_INVITED,
)
from chalicelib.companies.model import Company
from chalicelib.companies.people.readers import (
    buyer_reader,
    company_name,
    confirming_reader,
    manager_of,
    who_buys,
    who_may_confirm,
)
from chalicelib.mail import Facts, Reader, Recipient, Unsendable, letter
from chalicelib.members import head_of_sales_reader, speaking_reader, the_member, who_heads_the_sales
from chalicelib.platform import STAFF_OWNER, Context
from chalicelib.table import Item


@letter("person_claimed", on=PERSON_CLAIMED, to=who_may_confirm, page="people")
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


@letter("person_invited", on=PERSON_INVITED, to=_who_is_invited, page="invitations")
def person_invited(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    invited = members.member(context, recipient.id)
    if invited is None:
        raise Unsendable("recipient_gone")
    person = store.read_scene(context.table, event["company_id"], recipient.id, recipient.id).person
    if person is None or person.status != "invited":
        raise Unsendable("no_longer_speaks")
    if invited.email_confirmed_at:
        reader = Reader(invited.email, invited.language, invited.name, member_id=invited.member_id)
        return reader, {"company": company_name(context, event)}
    # Neither name nor company: somebody typed them, and nobody has shown that this address wants to hear of it.
    return Reader(invited.email, invited.language, ""), {"company": ""}


@letter("person_confirmed", on=PERSON_CONFIRMED, to=the_member, page="company")
def person_confirmed(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = speaking_reader(context, recipient.id, event["company_id"])
    company = store.read(context.table, event["company_id"])
    return reader, {
        "company": company.name if company else "",
        "manager": _manager(context, company.manager_id) if company and company.manager_id else None,
    }


def _manager(context: Context, member_id: str) -> Facts | None:
    """The manager's name and address, if the club still employs them."""
    try:
        manager = speaking_reader(context, member_id, STAFF_OWNER)
    except Unsendable:
        return None
    return {"name": manager.name, "email": manager.address}


def _new_manager(context: Context, event: Item) -> list[Recipient]:
    """Nobody where the manager took the company over in person, or gets one letter on many companies."""
    manager_id = event["to_manager"]
    silent = manager_id == event["by"] or "hand_over_id" in event
    return [Recipient("member", manager_id)] if manager_id and not silent else []


@letter("company_assigned", on=MANAGER_CHANGED, to=_new_manager, page="staff_company")
def company_assigned(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    company = _still_managed(context, event)
    if recipient.id != event["to_manager"]:
        raise Unsendable("no_longer_speaks")
    former = members.member(context, event["from_manager"]) if event["from_manager"] else None
    return speaking_reader(context, recipient.id, STAFF_OWNER), {
        "company": company.name,
        "inn": company.inn or "",
        "manager": {"name": former.name, "email": former.email} if former else None,
    }


def _who_is_managed(context: Context, event: Item) -> list[Recipient]:
    """Those who buy, without the one whose letter of confirmation names the manager already."""
    if not event["to_manager"]:
        return []
    return [reader for reader in who_buys(context, event) if reader.id != event.get("confirmed")]


@letter("manager_changed", on=MANAGER_CHANGED, to=_who_is_managed, page="company")
def manager_changed(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = buyer_reader(context, recipient.id, event["company_id"])
    company = _still_managed(context, event)
    manager = members.member(context, event["to_manager"])
    if manager is None:
        raise Unsendable("manager_gone")
    return reader, {
        "company": company.name,
        "manager_name": manager.name,
        "manager_email": manager.email,
        "manager_phone": manager.phone or "",
    }


def _whose_inn(context: Context, event: Item) -> list[Recipient]:
    """The owners and the manager of a company whose INN or KPP somebody else of the staff corrected."""
    return [each for each in who_may_confirm(context, event) if "before" in event and each.id != event["by"]]


@letter("inn_corrected", on=CHANGED, to=_whose_inn, page="company")
def inn_corrected(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    company = store.read(context.table, event["company_id"])
    if company is None:
        raise Unsendable("company_gone")
    before = {name: event["before"].get(name) or "" for name in ("inn", "kpp")}
    return confirming_reader(context, recipient.id, event["company_id"]), {
        "company": company.name,
        "inn": company.inn or "",
        "kpp": company.kpp or "",
        "was": before,
    }


def _manager_or_heads(context: Context, event: Item) -> list[Recipient]:
    return manager_of(context, event) or who_heads_the_sales(context, event)


@letter("owner_left", on=OWNER_LEFT, to=_manager_or_heads, page="staff_company")
def owner_left(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """Without a name: the person is erased."""
    people = [each for each in store.people(context.table, event["company_id"]) if each.status == "active"]
    if any(map(rules.is_owner, people)):
        raise Unsendable("owner_back")
    manages = recipient in manager_of(context, event)
    reader = (
        speaking_reader(context, recipient.id, STAFF_OWNER) if manages else head_of_sales_reader(context, recipient.id)
    )
    return reader, {"company": company_name(context, event), "people": len(people)}


def _still_managed(context: Context, event: Item) -> Company:
    """The company. Raises Unsendable once yet another one manages it: the letter of that change follows."""
    company = store.read(context.table, event["company_id"])
    if company is None:
        raise Unsendable("company_gone")
    if company.manager_id != event["to_manager"]:
        raise Unsendable("manager_gone")
    return company
