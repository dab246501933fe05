"""Steps around companies, for tests: members join, claim, are confirmed; and the items of the table afterwards."""

from collections.abc import Iterator
from typing import Any

from stdnum.ru.inn import calc_company_check_digit, calc_personal_check_digits

from chalicelib import companies, members
from chalicelib.companies import keys as companies_keys
from chalicelib.companies import staff
from chalicelib.companies.people import claims, invitations
from chalicelib.companies.people import service as people
from chalicelib.companies.schemas import ClaimDecisionForm, ClaimForm, InvitationForm, PersonChangeForm
from chalicelib.members.model import Member
from chalicelib.members.store import create
from chalicelib.platform import keys
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Transaction, from_wire, to_wire
from tests.support.api import Caller

KPP = "770101001"
MANAGER = "mbr_manager"
HOME = "192.0.2.1"  # the address of the callers


def legal_inn(number: int) -> str:
    body = f"77{number:07d}"
    return body + calc_company_check_digit(body)


def sole_inn(number: int) -> str:
    body = f"77{number:08d}"
    return body + calc_personal_check_digits(body)


def join(context: Context, name: str, **facts: Any) -> str:
    """A member whose id, address and family name follow from the first name."""
    member_id = f"mbr_{name.lower()}"
    tx = Transaction()
    create(
        tx,
        Member(
            member_id=member_id,
            name=f"{name} Petrova",
            email=f"{name.lower()}@example.com",
            language="ru",
            email_confirmed_at=context.at,
            joined_at=context.at,
            version=1,
            **facts,
        ),
    )
    context.table.commit(tx)
    return member_id


def appoint_manager(context: Context, name: str = "Manager", role: str = "manager") -> str:
    member_id = join(context, name)
    tx = Transaction()
    members.appoint(tx, member_id, kind="staff", owner=STAFF_OWNER, role=role, status="active")
    context.table.commit(tx)
    return member_id


def claim_form(number: int = 1, name: str = "ООО «Луч»", **more: Any) -> ClaimForm:
    return ClaimForm(**{"name": name, "inn": legal_inn(number), "kpp": KPP, **more})


def claim(context: Context, member_id: str, number: int = 1, **more: Any) -> str:
    """The member asks to speak for company number so-and-so; returns its id."""
    claims.claim(context, member_id, claim_form(number, **more), address=HOME)
    membership = membership_of(context, member_id)
    assert membership is not None
    return str(membership["owner"])


def confirm(context: Context, company_id: str, member_id: str, role: str = "owner", **more: Any) -> None:
    claims.decide_claim(context, MANAGER, company_id, ClaimDecisionForm(member_id=member_id, role=role, **more))


def refuse(context: Context, company_id: str, member_id: str) -> None:
    claims.decide_claim(context, MANAGER, company_id, ClaimDecisionForm(member_id=member_id, decision="refuse"))


def owned_company(context: Context, owner: str = "Olga", number: int = 1) -> tuple[str, str]:
    """A company with a confirmed owner: both ids. The club has its manager already."""
    member_id = join(context, owner)
    company_id = claim(context, member_id, number)
    confirm(context, company_id, member_id)
    return company_id, member_id


def invite(context: Context, company_id: str, owner_id: str, name: str, role: str = "buyer") -> str:
    form = InvitationForm(name=f"{name} Petrova", email=f"{name.lower()}@example.com", role=role)
    return invitations.invite(context, company_id, owner_id, form).member_id


def bring_in(context: Context, company_id: str, owner_id: str, name: str, role: str = "buyer") -> str:
    """Somebody who is invited and accepts."""
    member_id = invite(context, company_id, owner_id, name, role)
    invitations.accept(context, company_id, member_id)
    return member_id


def set_role(context: Context, company_id: str, owner_id: str, member_id: str, role: str, **more: Any) -> None:
    version = int(person_item(context, company_id, member_id)["version"])
    people.change_person(context, company_id, owner_id, member_id, version, PersonChangeForm(role=role, **more))


def token(member_id: str, company_id: str, role: str = "owner") -> Caller:
    return Caller.person(member_id, "company", role, company_id)


def person_item(context: Context, company_id: str, member_id: str) -> Item:
    return context.table.get(companies_keys.person(company_id, member_id), consistent=True) or {}


def membership_of(context: Context, member_id: str) -> Item | None:
    return context.table.get(access_keys.membership(member_id), consistent=True)


def events(context: Context, company_id: str) -> list[str]:
    """The names of what happened to the company, oldest first."""
    return [item["event"] for item in _events(context, company_id)]


def happened(context: Context, company_id: str, name: str) -> list[Item]:
    """The events of this name, oldest first."""
    return [item for item in _events(context, company_id) if item["event"] == name]


def _events(context: Context, company_id: str) -> Iterator[Item]:
    first = keys.event(companies_keys.company(company_id), "", "")
    return context.table.query_all(first.pk, starts="EVENT#", consistent=True)


def waiting(context: Context) -> list[tuple[str, str]]:
    """The list of claims: company and member."""
    items, _ = staff.list_waiting(context, staff.Portfolio(), 100, None)
    return [(item.company_id, item.waiting.member_id) for item in items if item.waiting]


def whole_table(table: Table) -> list[Item]:
    """Every item, by key. For a table of a test."""
    pages = table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    items = [from_wire(item) for page in pages for item in page["Items"]]
    return sorted(items, key=lambda item: (item["pk"], item["sk"]))


def restore(table: Table, items: list[Item]) -> None:
    """The table as it was when `whole_table` gave these items."""
    wanted = {(item["pk"], item["sk"]): item for item in items}
    gone = [(item["pk"], item["sk"]) for item in whole_table(table)]
    requests: list[Any] = [
        {"DeleteRequest": {"Key": to_wire({"pk": pk, "sk": sk})}} for pk, sk in gone if (pk, sk) not in wanted
    ]
    requests += [{"PutRequest": {"Item": to_wire(item)}} for item in items]
    for start in range(0, len(requests), 25):
        table.client.batch_write_item(RequestItems={table.name: requests[start : start + 25]})


def disagreements(items: list[Item]) -> list[str]:
    """Persons and memberships that do not agree, and companies that lost their last owner."""
    persons = {(item["company_id"], item["member_id"]): item for item in items if _speaks_or_asks(item)}
    memberships = {item["member_id"]: item for item in items if item["sk"] == "MEMBERSHIP"}
    found = []
    for (company_id, member_id), person in persons.items():
        membership = memberships.get(member_id, {})
        if membership.get("owner") != company_id or membership.get("status") != person["status"]:
            found.append(f"{member_id} in {company_id}: {person['status']}, but the membership says {membership}")
        elif person.get("role", "") != membership["role"]:
            found.append(f"{member_id} in {company_id} is {person.get('role')}, but the membership says {membership}")
        if (person["status"] == "pending") != ("gsi2pk" in person):
            found.append(f"{member_id} in {company_id} is {person['status']}, and waits: {'gsi2pk' in person}")
    for member_id, membership in memberships.items():
        if membership["kind"] == "company" and (membership["owner"], member_id) not in persons:
            found.append(f"{member_id} speaks for {membership['owner']}, which knows nothing of it")
    for company_id in {company_id for company_id, _ in persons}:
        active = [item for (owner, _), item in persons.items() if owner == company_id and item["status"] == "active"]
        if active and not any(item["role"] == "owner" for item in active):
            found.append(f"{company_id} has people and no owner")
    return found


def _speaks_or_asks(item: Item) -> bool:
    return item["sk"].startswith("PERSON#") and item["status"] != "invited"


def company_of(context: Context, company_id: str) -> companies.Company:
    found = companies.read_company(context, company_id)
    assert found is not None
    return found
