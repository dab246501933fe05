"""Companies, distributors and their people, as signing up and confirming leave them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chalicelib import members
from chalicelib.companies import keys as companies_keys
from chalicelib.companies.model import Company, Person
from chalicelib.distributors import service as distributors
from chalicelib.distributors.schemas import DistributorForm, DistributorPersonForm
from chalicelib.members import store as members_store
from chalicelib.members.model import Member
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction
from chalicelib.tiers import consumers as tiers_consumers
from tests.support.api import Caller
from tests.tiers.steps import buy, sale_events

# The staff whose tokens tests hold from the start.
STAFF = {
    "mbr_admin": "admin",
    "mbr_manager": "manager",
    "mbr_marketing": "marketing",
    "mbr_staff": "operations",
}
OPERATIONS = Caller.person("mbr_staff", "staff", "operations", "club")


def member(context: Context, member_id: str, **facts: Any) -> Member:
    """A person with a confirmed address and a telephone."""
    known = {
        "member_id": member_id,
        "name": f"Anna {member_id}",
        "email": f"{member_id}@partner.example",
        "email_confirmed_at": context.at,
        "language": "en",
        "phone": "+74951234567",
        "phone_confirmed_on": context.today.isoformat(),
        "joined_at": context.at,
        "version": 1,
    }
    made = Member.model_validate(known | facts)
    context.table.put(members_store.item_of(made))
    return made


def company(context: Context, company_id: str = "cmp_1", **facts: Any) -> Company:
    known = {
        "company_id": company_id,
        "name": f"Luch {company_id}",
        "inn": "7707083893",
        "currency": "RUB",
        "origin": "member",
        "created_at": context.at,
        "version": 1,
    }
    told = known | facts
    made = Company.model_validate({**told, "drawn_as": told["inn"] or company_id})
    context.table.put({**companies_keys.company(company_id).as_item(), **made.model_dump(exclude_none=True)})
    return made


def speaks_for(
    context: Context, company_id: str, member_id: str = "mbr_1", role: str = "owner", *, influence: int | None = None
) -> Caller:
    """The member, confirmed as one of the company's people."""
    facts = {"company_id": company_id, "member_id": member_id, "role": role, "influence": influence}
    person = Person.model_validate({**facts, "status": "active", "at": context.at, "version": 1})
    tx = Transaction()
    members.appoint(tx, member_id, kind="company", owner=company_id, role=role, status="active")
    tx.put({**companies_keys.person(company_id, member_id).as_item(), **person.model_dump(exclude_none=True)})
    context.table.commit(tx)
    return Caller.person(member_id, "company", role, company_id)


def dismissed(context: Context, company_id: str, member_id: str = "mbr_1") -> None:
    tx = Transaction()
    members.dismiss(tx, member_id, company_id)
    tx.delete(companies_keys.person(company_id, member_id))
    context.table.commit(tx)


def partner(context: Context, company_id: str = "cmp_1", member_id: str = "mbr_1", **facts: Any) -> Caller:
    """A company with an owner whose cabinet is open."""
    company(context, company_id, **facts)
    member(context, member_id)
    return speaks_for(context, company_id, member_id)


def on_staff(context: Context, member_id: str, role: str) -> None:
    """The member is one of the club's staff in this role."""
    _on_staff(context, {member_id: role})


def the_staff(context: Context) -> None:
    """All of STAFF."""
    _on_staff(context, STAFF)


def _on_staff(context: Context, roles: Mapping[str, str]) -> None:
    tx = Transaction()
    for member_id, role in roles.items():
        members.appoint(tx, member_id, kind="staff", owner=STAFF_OWNER, role=role, status="active")
    context.table.commit(tx)


def staff(context: Context, member_id: str, role: str) -> Caller:
    """A person of the club's staff."""
    member(context, member_id)
    on_staff(context, member_id, role)
    return Caller.person(member_id, "staff", role, STAFF_OWNER)


def reach(context: Context, company_id: str, amount: Decimal | str) -> None:
    """The company's first purchases, which give it its tier at once."""
    buy(context, company_id, 0, amount)
    for event in sale_events(context, company_id):
        tiers_consumers.on_sale_recorded(context, event)


def distributor(context: Context, *regions: str, name: str = "Svet Opt", priority: int = 100) -> tuple[str, Caller]:
    """A distributor of these regions, and one of its people."""
    served = [{"region": region, "priority": priority} for region in regions]
    form = DistributorForm.model_validate(
        {"name": name, "email": "orders@distributor.example", "language": "ru", "regions": served}
    )
    made = distributors.create(context, form)
    person = DistributorPersonForm(name="Oleg Orlov", email=f"{made.distributor_id}@distributor.example")
    added = distributors.add_person(context, made.distributor_id, person)
    return made.distributor_id, Caller.person(added.member_id, "distributor", "operator", made.distributor_id)
