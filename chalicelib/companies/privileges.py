from collections.abc import Sequence
from datetime import date

from chalicelib import members
from chalicelib.companies import rules
from chalicelib.companies.config import Fact, PrivilegeRules
from chalicelib.companies.schemas import PrivilegesView, PrivilegeView
from chalicelib.members import Member, Membership
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.context import Context

# --- sections of the cabinet -------------------------------------------------------------------------------------------


def privileges(context: Context, principal: Principal) -> PrivilegesView:
    """The open sections of the cabinet and the facts that the others need. One call."""
    member, membership = members.with_membership(context, principal.for_member())
    rule = context.config[PrivilegeRules]
    missing = {name: _missing(context, wanted, member, membership) for name, wanted in rule.unlocks.items()}
    return PrivilegesView(
        version=rule.version,
        privileges=[PrivilegeView(name=name, unlocked=not facts, missing=facts) for name, facts in missing.items()],
        stale=_stale(context, member),
        session_is_current=says_the_same(principal, membership),
    )


def missing_for(context: Context, member_id: str, privilege: str) -> list[Fact]:
    """The facts that still keep this part of the cabinet closed to the member; none: it is open. One call."""
    return missing_facts(context, privilege, *members.with_membership(context, member_id))


def missing_facts(context: Context, privilege: str, member: Member | None, membership: Membership | None) -> list[Fact]:
    """The facts that keep a section closed to a member who has been read already. No call."""
    return _missing(context, context.config[PrivilegeRules].unlocks[privilege], member, membership)


def _missing(
    context: Context, wanted: Sequence[Fact], member: Member | None, membership: Membership | None
) -> list[Fact]:
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
    return rules.missing(wanted, facts, _stale(context, member))


def _stale(context: Context, member: Member | None) -> list[Fact]:
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
