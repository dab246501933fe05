from datetime import date

from chalicelib import members
from chalicelib.companies import rules
from chalicelib.companies.config import Fact, PrivilegeRules
from chalicelib.members import Member, Membership
from chalicelib.platform import Context, Principal


def missing_for(context: Context, member_id: str, privilege: str) -> list[Fact]:
    """The facts that still keep this part of the cabinet closed to the member; none: it is open. One call."""
    return missing_facts(context, privilege, *members.with_membership(context, member_id))


def missing_facts(context: Context, privilege: str, member: Member | None, membership: Membership | None) -> list[Fact]:
    """The facts that keep a section closed to a member who has been read already. No call."""
    wanted = context.config[PrivilegeRules].unlocks[privilege]
    if member is None:
        return list(wanted)
    word = membership.status if membership and membership.kind == "company" else None
    facts = rules.facts_of(
        name=member.name,
        email_confirmed=member.email_confirmed_at is not None,
        phone=member.phone,
        company_named=word is not None,
        company_confirmed=word == "active",
    )
    return rules.missing(wanted, facts, stale(context, member))


def stale(context: Context, member: Member | None) -> list[Fact]:
    """The facts of a member that were confirmed so long ago that they count as missing."""
    confirmed = member.phone_confirmed_on if member and member.phone else None
    confirmed_on: dict[Fact, date | None] = {"phone": date.fromisoformat(confirmed) if confirmed else None}
    return rules.stale(confirmed_on, context.today, context.config[PrivilegeRules].fresh_days)


def says_the_same(principal: Principal, membership: Membership | None) -> bool:
    """The token's role is the one that the member has by now."""
    if membership is None or membership.status == "pending":
        return principal.kind == ""
    owner = membership.owner if membership.kind in ("company", "distributor") else None
    return (principal.kind, principal.role, principal.company_id or principal.distributor_id) == (
        membership.kind,
        membership.role,
        owner,
    )
