from collections.abc import Mapping

from chalicelib import members
from chalicelib.companies import store
from chalicelib.companies.company import Position, people_of
from chalicelib.companies.model import Company, Person
from chalicelib.companies.people import person_fields
from chalicelib.companies.rules import customer_key, match_firm
from chalicelib.companies.schemas import (
    ClaimantView,
    CustomerQuestionView,
    StaffCompanyDetailView,
    StaffCompanyView,
    StaffPersonView,
)
from chalicelib.members import Member
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Item

# --- companies for the staff -----------------------------------------------------------------------------------------------


def list_companies(
    context: Context, begins: str, limit: int, after: Position
) -> tuple[list[StaffCompanyView], Position]:
    page = store.companies_page(context.table, begins, limit, after)
    return [_for_staff(Company.from_item(item)) for item in page.items], page.last


def list_waiting(context: Context, limit: int, after: Position) -> tuple[list[StaffCompanyView], Position]:
    """Pending claims, the oldest first, each with the company and its description by the claimant."""
    page = store.claims_page(context.table, limit, after)
    waiting = [Person.from_item(item) for item in page.items]
    companies = store.read_many(context.table, [person.company_id for person in waiting])
    named = members.members(context, [person.member_id for person in waiting])
    return [
        _for_staff(companies[person.company_id], _waiting(person, named.get(person.member_id)))
        for person in waiting
        if person.company_id in companies
    ], page.last


def list_customer_questions(
    context: Context, limit: int, after: Position
) -> tuple[list[CustomerQuestionView], Position]:
    """Customers of sales files whose INN is not that of their company, each with both companies, the oldest first."""
    page = store.customer_questions_page(context.table, limit, after)
    wanted = {marker[name] for marker in page.items for name in ("company_id", "other") if name in marker}
    named = store.read_many(context.table, wanted)
    return [_question(marker, named) for marker in page.items if marker["company_id"] in named], page.last


def _question(marker: Item, named: Mapping[str, Company]) -> CustomerQuestionView:
    source, customer = store.customer_of(marker)
    other = named.get(marker.get("other", ""))
    return CustomerQuestionView(
        source=source,
        customer=customer,
        inn=marker["inn"],
        since=marker["asked_at"],
        company=_for_staff(named[marker["company_id"]]),
        other=_for_staff(other) if other else None,
    )


def find_by_inn(context: Context, inn: str, kpp: str | None) -> list[StaffCompanyView]:
    """Without a KPP: all companies of the INN."""
    members = store.firms(context.table, [inn]).get(inn, [])
    found = match_firm(members, kpp) if kpp else members
    several = store.read_many(context.table, [member.company_id for member in found])
    return [_for_staff(company) for company in several.values()]


def find_by_customer(context: Context, source: str, customer: str) -> list[StaffCompanyView]:
    company_id = store.owner_by_customer(context.table, source, customer_key(customer, "", "", ""))
    found = store.read(context.table, company_id) if company_id else None
    return [_for_staff(found)] if found else []


def show_to_staff(context: Context, company_id: str) -> StaffCompanyDetailView:
    """The company with its people."""
    found = store.read(context.table, company_id)
    if found is None:
        raise Problem("not_found")
    speaking = people_of(context, company_id)
    named = members.members(context, [person.member_id for person in speaking])
    shown = [
        StaffPersonView(**person_fields(person, named.get(person.member_id)), claimed=person.claimed)
        for person in speaking
    ]
    return StaffCompanyDetailView(**_for_staff(found).model_dump(), people=shown)


def _for_staff(found: Company, waiting: ClaimantView | None = None) -> StaffCompanyView:
    return StaffCompanyView(**found.model_dump(include=set(StaffCompanyView.model_fields)), waiting=waiting)


def _waiting(person: Person, member: Member | None) -> ClaimantView:
    return ClaimantView(
        member_id=person.member_id,
        name=member.name if member else None,
        email=member.email if member else None,
        phone=member.phone if member else None,
        claimed=person.claimed,
        since=person.at,
    )
