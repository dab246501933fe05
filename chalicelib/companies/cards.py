"""The people and the distributor that a company turns to, and the sections of the cabinet that are open to a person."""

from chalicelib import distributors, members
from chalicelib.companies import privileges, store
from chalicelib.companies.config import PrivilegeRules
from chalicelib.companies.model import Company
from chalicelib.companies.people.membership import is_staff
from chalicelib.companies.schemas import CompanyContactsView, ManagerCardView, PrivilegesView, PrivilegeView
from chalicelib.distributors import Distributor, DistributorCardView
from chalicelib.platform import Calendar, Context, Language, Principal, or_not_found
from chalicelib.platform.access.scopes import STAFF_ROLES
from chalicelib.platform.config.working_time import hours_text
from chalicelib.table import Position


def show_contacts(context: Context, company_id: str, language: Language) -> CompanyContactsView:
    """The cards of the company's manager and distributor. At most four calls."""
    company = _company(context, company_id)
    distributor = distributor_of(context, company)
    return CompanyContactsView(
        manager=_manager(context, company.manager_id, language) if company.manager_id else None,
        distributor=DistributorCardView.from_record(distributor) if distributor else None,
        distributor_chosen=bool(distributor and company.distributor_id),
    )


def list_distributors(
    context: Context, company_id: str, region: str | None, limit: int, after: Position
) -> tuple[list[DistributorCardView], Position]:
    """The distributors of a region, by default of the company's own; of none for a company without one. By priority."""
    wanted = region or _company(context, company_id).region
    if wanted is None:
        return [], None
    found, last = distributors.of_region(context, wanted, limit, after)
    return [DistributorCardView.from_record(each) for each in found], last


def show_privileges(context: Context, principal: Principal) -> PrivilegesView:
    """The open sections of the cabinet and the facts that the others need. One call."""
    member, membership = members.with_membership(context, principal.for_member())
    rule = context.config[PrivilegeRules]
    missing = {name: privileges.missing_facts(context, name, member, membership) for name in rule.unlocks}
    return PrivilegesView(
        version=rule.version,
        privileges=[PrivilegeView(name=name, unlocked=not facts, missing=facts) for name, facts in missing.items()],
        stale=privileges.stale(context, member),
        session_is_current=privileges.says_the_same(principal, membership),
    )


def distributor_of(context: Context, company: Company) -> Distributor | None:
    """The company's own distributor, else the first one of its region. At most two calls."""
    if company.distributor_id:
        return distributors.distributor(context, company.distributor_id)
    first = distributors.first_of_region(context.table, company.region) if company.region else None
    return distributors.distributor(context, first.distributor_id) if first else None


def _manager(context: Context, manager_id: str, language: Language) -> ManagerCardView | None:
    """None for a manager who has left the staff."""
    member, membership = members.with_membership(context, manager_id)
    if member is None or not is_staff(membership, STAFF_ROLES):
        return None
    hours = hours_text(context.config[Calendar], language)
    return ManagerCardView(name=member.name, email=member.email, phone=member.phone, hours=hours)


def _company(context: Context, company_id: str) -> Company:
    return or_not_found(store.read(context.table, company_id))
