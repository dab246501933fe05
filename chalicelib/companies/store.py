"""The companies' items. See `keys.py`.

A person of a company is written twice, always in one transaction: PERSON beside the company (who acts for it) and MEMBERSHIP
beside the member (for whom they speak). Whoever changes one changes both, on condition that the membership is what was read.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.companies import keys
from chalicelib.companies.events import REGISTERED
from chalicelib.companies.model import ClaimedCompany, Company, Person
from chalicelib.companies.rules import listed_as
from chalicelib.distributors import distributor_key
from chalicelib.members import Membership, membership_key
from chalicelib.table.client import Page, Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Transaction

# --- reads ------------------------------------------------------------------------------------------------------------


def read(table: Table, company_id: str) -> Company | None:
    item = table.get(keys.company(company_id))
    return Company.from_item(item) if item else None


def read_many(table: Table, company_ids: Iterable[str]) -> dict[str, Company]:
    found = table.get_many(keys.company(each) for each in company_ids)
    return {item["company_id"]: Company.from_item(item) for item in found.values()}


def read_for(
    table: Table, company_id: str, member_id: str, *, consistent: bool = False
) -> tuple[Company | None, Membership | None]:
    """The company, and whom this member acts for by now: one call."""
    company, membership = keys.company(company_id), membership_key(member_id)
    found = table.get_many([company, membership], consistent=consistent)
    return _company(found.get(company)), _membership(found.get(membership))


def read_claim(table: Table, member_id: str, inn: str, kpp: str | None) -> tuple[Membership | None, str | None]:
    """The member's membership, and the id of the company with this INN and KPP. One call in every case."""
    membership, owner = membership_key(member_id), keys.inn_owner(inn, kpp or "")
    found = table.get_many([membership, owner], consistent=True)
    return _membership(found.get(membership)), found[owner]["company_id"] if owner in found else None


class Scene(NamedTuple):
    """The items on which a change of a company's person depends."""

    company: Company | None
    caller: Membership | None
    person: Person | None
    membership: Membership | None


def read_scene(table: Table, company_id: str, caller_id: str, member_id: str) -> Scene:
    company, person = keys.company(company_id), keys.person(company_id, member_id)
    caller, membership = membership_key(caller_id), membership_key(member_id)
    found = table.get_many([company, caller, person, membership], consistent=True)
    return Scene(
        _company(found.get(company)),
        _membership(found.get(caller)),
        Person.from_item(found[person]) if person in found else None,
        _membership(found.get(membership)),
    )


def people(table: Table, company_id: str, *, consistent: bool = False) -> Iterator[Person]:
    first = keys.person(company_id, "")
    for item in table.query_all(first.pk, starts=first.sk, consistent=consistent):
        yield Person.from_item(item)


def people_page(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    first = keys.person(company_id, "")
    return table.query(first.pk, starts=first.sk, limit=limit, after=after)


def every_company(table: Table) -> Iterator[str]:
    for item in table.query_all(keys.company_list("", "").pk, index="gsi1"):
        yield item["company_id"]


def companies_page(table: Table, begins: str, limit: int, after: dict[str, str] | None) -> Page:
    """By name. `begins` as people type it."""
    return table.query(keys.company_list("", "").pk, index="gsi1", starts=listed_as(begins), limit=limit, after=after)


def claims_page(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Pending claims, the oldest first."""
    return table.query(keys.claim_list("", "", "").pk, index="gsi2", limit=limit, after=after)


def owner_by_inn(table: Table, inn: str, kpp: str | None) -> str | None:
    item = table.get(keys.inn_owner(inn, kpp or ""), consistent=True)
    return str(item["company_id"]) if item else None


def owner_by_customer(table: Table, source: str, customer: str) -> str | None:
    item = table.get(keys.customer_owner(source, customer), consistent=True)
    return str(item["company_id"]) if item else None


def markers(table: Table, wanted: Iterable[Key]) -> dict[Key, Item]:
    """Those that exist; each names its `company_id`, and the `currency` that this company buys in."""
    return table.get_many(wanted, consistent=True)


# --- changes ----------------------------------------------------------------------------------------------------------


def create(tx: Transaction, company: Company) -> None:
    """A new company. Refused with label `inn` if another one has its INN and KPP."""
    tx.create(
        {
            **keys.company(company.company_id).as_item(),
            **_listed(company.name, company.company_id),
            **company.model_dump(exclude_none=True),
            "event": REGISTERED,
        },
        label="company",
    )
    if company.inn:
        owner = keys.inn_owner(company.inn, company.kpp or "")
        tx.create({**owner.as_item(), "company_id": company.company_id, "currency": company.currency}, label="inn")


def mark_customer(
    tx: Transaction, source: str, customer: str, company_id: str, currency: str, made_by: str | None
) -> None:
    """`made_by` is kept where the company was made for this customer."""
    marker = {**keys.customer_owner(source, customer).as_item(), "company_id": company_id, "currency": currency}
    tx.create(marker if made_by is None else {**marker, "made_by": made_by}, label="customer")


def check_known(tx: Transaction, inn: str, kpp: str | None, company_id: str) -> None:
    """As many operations as `create` makes, so that a claim costs the same whether the company was known or not."""
    tx.check(keys.inn_owner(inn, kpp or ""), Attr("company_id").eq(company_id), label="inn")
    tx.check(keys.company(company_id), Attr("pk").exists(), label="company")


def change(tx: Transaction, company: Company, changes: dict[str, Any]) -> None:
    """Sets what is not None and removes what is. Refused with label `version` if someone else was first."""
    put = {name: value for name, value in changes.items() if value is not None}
    if "name" in put:
        put |= _listed(put["name"], company.company_id)
    tx.update(
        keys.company(company.company_id),
        put={"version": company.version + 1, **put},
        remove=[name for name, value in changes.items() if value is None],
        when=Attr("version").eq(company.version),
        label="version",
    )


def check_distributor(tx: Transaction, distributor_id: str) -> None:
    tx.check(distributor_key(distributor_id), Attr("pk").exists(), label="distributor")


def put_claim(tx: Transaction, company_id: str, member_id: str, claimed: ClaimedCompany, at: str) -> None:
    """The person asks to act for the company. Who asks again keeps the place in the line."""
    tx.update(
        keys.person(company_id, member_id),
        put={
            "company_id": company_id,
            "member_id": member_id,
            "status": "pending",
            "claimed": claimed.model_dump(exclude_none=True),
        },
        default={"at": at, **keys.claim_list(at, company_id, member_id).as_gsi2()},
        add={"version": 1},
        when=Attr("pk").not_exists() | Attr("status").eq("pending"),
        label="person",
    )


def drop_claim(tx: Transaction, company_id: str, member_id: str) -> None:
    tx.delete(
        keys.person(company_id, member_id),
        when=Attr("pk").not_exists() | Attr("status").eq("pending"),
        label="earlier claim",
    )


def put_person(tx: Transaction, person: Person, before: Person | None) -> None:
    """An active person, in place of what was there. Refused with label `person` if that has changed."""
    tx.put(
        {**keys.person(person.company_id, person.member_id).as_item(), **person.model_dump(exclude_none=True)},
        when=Attr("version").eq(before.version) if before else Attr("pk").not_exists(),
        label="person",
    )


def delete_person(tx: Transaction, person: Person) -> None:
    tx.delete(keys.person(person.company_id, person.member_id), when=Attr("version").eq(person.version), label="person")


def check_owner(tx: Transaction, company_id: str, member_id: str) -> None:
    still_owner = Attr("status").eq("active") & Attr("role").eq("owner")
    tx.check(keys.person(company_id, member_id), still_owner, label="owner")


def as_read(membership: Membership | None) -> ConditionBase:
    """The condition that the membership is as it was read."""
    if membership is None:
        return Attr("pk").not_exists()
    return (
        Attr("kind").eq(membership.kind)
        & Attr("owner").eq(membership.owner)
        & Attr("role").eq(membership.role)
        & Attr("status").eq(membership.status)
    )


def _listed(name: str, company_id: str) -> dict[str, str]:
    return keys.company_list(listed_as(name), company_id).as_gsi1()


def _company(item: Item | None) -> Company | None:
    return Company.from_item(item) if item else None


def _membership(item: Item | None) -> Membership | None:
    return Membership.from_item(item) if item else None
