from collections.abc import Sequence
from datetime import date

from chalicelib import members
from chalicelib.companies import rules
from chalicelib.companies.config import Fact, PrivilegeRules
from chalicelib.companies.schemas import Privilege, Privileges
from chalicelib.members import Member, Membership
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.context import Work

# --- what opens the cabinet -------------------------------------------------------------------------------------------


def privileges(work: Work, principal: Principal) -> Privileges:
    """What is open to the caller and what is missing. One call."""
    member, membership = members.with_membership(work, principal.for_member())
    rule = work.config[PrivilegeRules]
    missing = {name: _missing(work, wanted, member, membership) for name, wanted in rule.unlocks.items()}
    return Privileges(
        version=rule.version,
        privileges=[Privilege(name=name, unlocked=not facts, missing=facts) for name, facts in missing.items()],
        stale=_stale(work, member),
        session_is_current=says_the_same(principal, membership),
    )


def missing_for(work: Work, member_id: str, privilege: str) -> list[Fact]:
    """The facts that still keep this part of the cabinet closed to the member; none: it is open. One call."""
    return missing_facts(work, privilege, *members.with_membership(work, member_id))


def missing_facts(work: Work, privilege: str, member: Member | None, membership: Membership | None) -> list[Fact]:
    """The same for one who has been read already. No call."""
    return _missing(work, work.config[PrivilegeRules].unlocks[privilege], member, membership)


def _missing(work: Work, wanted: Sequence[Fact], member: Member | None, membership: Membership | None) -> list[Fact]:
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
    return rules.missing(wanted, facts, _stale(work, member))


def _stale(work: Work, member: Member | None) -> list[Fact]:
    confirmed = member.phone_confirmed_on if member and member.phone else None
    confirmed_on: dict[Fact, date | None] = {"phone": date.fromisoformat(confirmed) if confirmed else None}
    return rules.stale(confirmed_on, work.today, work.config[PrivilegeRules].fresh_days)


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
