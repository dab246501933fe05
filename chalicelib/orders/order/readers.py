"""Recipients and readers of letters on orders: distributors, their people, and the orderer."""

from chalicelib import companies, distributors
from chalicelib.companies import who_buys
from chalicelib.mail import Reader, Recipient, Unsendable
from chalicelib.members import speaking_reader
from chalicelib.platform import Context
from chalicelib.table import Item


def the_distributor(context: Context, event: Item) -> list[Recipient]:
    return [Recipient("distributor", event["distributor_id"])]


def the_distributor_and_its_people(context: Context, event: Item) -> list[Recipient]:
    """The distributor's address for orders, and the people who read another address."""
    distributor = distributors.distributor(context, event["distributor_id"])
    people = distributors.people_of(context, event["distributor_id"])
    return [
        Recipient("distributor", event["distributor_id"]),
        *(Recipient("member", each.member_id) for each in people if distributor and each.email != distributor.email),
    ]


def the_orderer(context: Context, event: Item) -> list[Recipient]:
    """The person who placed the order; all buyers of the company if the club placed it, or if the person has left."""
    if event.get("placed_by") == "staff" or _has_left(context, event):
        return who_buys(context, event)
    return [Recipient("orderer", event["order_id"])]


def _has_left(context: Context, event: Item) -> bool:
    people = companies.people_of(context, event["company_id"])
    return event["orderer_id"] not in {person.member_id for person in people if person.status == "active"}


def distributor_reader(context: Context, distributor_id: str) -> Reader:
    distributor = distributors.distributor(context, distributor_id)
    if distributor is None:
        raise Unsendable("recipient_gone")
    return Reader(distributor.email, distributor.language, distributor.name)


def distributor_or_person_reader(context: Context, recipient: Recipient, distributor_id: str) -> Reader:
    """The distributor, or one who still works there."""
    if recipient.kind == "distributor":
        return distributor_reader(context, distributor_id)
    return speaking_reader(context, recipient.id, distributor_id)
