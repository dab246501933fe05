"""The caller's right to write, as it is at the moment of the write.

A token outlives the dismissal of its holder by some minutes. So the table of a request that may change something has a guard: the
caller's membership in every transaction of the request, with one of the roles that carry the route's scope. No service can forget it.
A GET that makes something says so with `writes=True`. Readings of the club's staff, of distributors, of machine clients and of a company's
sums look at it as well (`is_current` of their scope), but for those that say `by_token=True`: they have a budget of one read, or read it
with what they show. Staff, people of distributors and machine clients leave an entry of the journal with it.

Weakest point: every other request that writes nothing is answered by its token alone: the catalogue, carts, a company's orders.
Readings of market reports look at the membership themselves.
"""

from collections.abc import Collection, Iterable

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform.access import keys
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.scopes import MACHINE_SCOPES, roles_with, scopes_of
from chalicelib.platform.access.store import check_client
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.key import Key
from chalicelib.table.transactions import Guard, Item

STAFF_OWNER = "club"  # whom the staff act for


def guard_of(caller: Principal, scope: str, entry: Item | None = None) -> Guard | None:
    """The guard of the caller's writes; None for a scope that every member has.

    `entry`: for the journal. People of a company leave none: what they write names them itself.
    """
    if caller.member_id is None:
        return Guard(keys.disabled_client(caller.subject), Attr("pk").not_exists(), Problem.client_disabled(), entry)
    if scope in scopes_of("", ""):
        return None
    holds = acts_for(caller.kind, _owner(caller), roles_with(caller.kind, scope))
    return Guard(keys.membership(caller.member_id), holds, Problem.role_lost(), None if caller.company_id else entry)


def check_reader(context: Context, caller: Principal, scope: str) -> None:
    """Raises 404 for a person who no longer acts for whom the token says, and 403 for one in another role by now, or a client that was disabled.

    One read, consistent; none for the client of a distributor, whose disabling ends that already.
    """
    if caller.member_id is not None:
        _check(caller, scope, context.table.get(keys.membership(caller.member_id), consistent=True) or {})
    elif caller.distributor_id is None:
        check_client(context, caller.subject)


def read_beside(context: Context, caller: Principal, scope: str, wanted: Iterable[Key]) -> dict[Key, Item]:
    """These items, read together with the membership of a person: one call for 99 of them, consistent. Raises as `check_reader`."""
    if caller.member_id is None:
        return context.table.get_many(wanted, consistent=True)
    own = keys.membership(caller.member_id)
    found = context.table.get_many([own, *wanted], consistent=True)
    _check(caller, scope, found.pop(own, {}))
    return found


def _check(caller: Principal, scope: str, membership: Item) -> None:
    if not _acts(caller, membership):
        raise Problem("not_found")
    if not _carried(caller, [scope], membership):
        raise Problem.role_lost()


def readable(context: Context, caller: Principal, scopes: Collection[str]) -> set[str]:
    """Those of the scopes that the caller has at this moment, as a person; all of them for a machine client. One read, consistent."""
    if caller.member_id is None:
        return set(scopes)
    return _carried(caller, scopes, context.table.get(keys.membership(caller.member_id), consistent=True) or {})


def _carried(caller: Principal, scopes: Collection[str], membership: Item) -> set[str]:
    """Those of the scopes that the membership carries, for whom the caller's token says they act."""
    if not _acts(caller, membership):
        return set()
    return {scope for scope in scopes if membership["role"] in roles_with(caller.kind, scope)}


def _acts(caller: Principal, membership: Item) -> bool:
    """Whether the membership is active, and for whom the caller's token says."""
    now = (membership.get("kind"), membership.get("owner"), membership.get("status"))
    return now == (caller.kind, _owner(caller), "active")


def refusal_of(context: Context, caller: Principal, scope: str) -> Problem:
    """The answer to a caller whose token lacks the scope: what they can do about it, by their membership at this moment. One read."""
    if caller.member_id is None:
        detail = (
            f"This needs the scope {scope}." if scope in MACHINE_SCOPES else "A person does this, no machine client."
        )
        return Problem("scope_missing", detail, extra={"scope": scope})
    membership = context.table.get(keys.membership(caller.member_id), consistent=True) or {}
    kind, role = membership.get("kind", ""), membership.get("role", "")
    told = {"scope": scope}
    if membership.get("status") == "active":
        if scope in scopes_of(kind, role):
            return Problem("session_stale", "You have the right by now: get a new access token.", extra=told)
        roles = ", ".join(roles_with(kind, scope))
        if roles:
            return Problem("scope_missing", f"Your role is {role}; this needs one of: {roles}.", extra=told)
    elif roles_with("company", scope):
        if membership:
            detail = "A manager of the club, or an owner of the company, confirms you."
            return Problem("not_confirmed", detail, extra=told)
        return Problem("company_missing", "Name the company that you act for: POST /v1/companies.", extra=told)
    return Problem("scope_missing", _whose(scope), extra=told)


def _whose(scope: str) -> str:
    """The people whom the scope is for, in a sentence."""
    if roles := roles_with("staff", scope):
        return f"This is for the staff of the club, as {', '.join(roles)}."
    if roles_with("distributor", scope):
        return "This is for the people of a distributor."
    if roles := roles_with("company", scope):
        return f"This is for the people of a company, as {', '.join(roles)}."
    if scope in scopes_of("", ""):
        return "This is for partners, not for the staff of the club or the people of a distributor."
    return f"This needs the scope {scope}."


def guard_of_author(by: str, scope: str) -> Guard:
    """The guard of work that somebody of the staff, or a machine client, began earlier: as they may go on with it now."""
    member_id = by if by.startswith("mbr_") else None
    guard = guard_of(Principal(by, frozenset(), member_id, kind="staff"), scope)
    if guard is None:
        raise ValueError(f"{scope} is everybody's")
    return guard


def _owner(caller: Principal) -> str:
    return caller.company_id or caller.distributor_id or STAFF_OWNER


def acts_for(kind: str, owner: str, roles: Collection[str]) -> ConditionBase:
    """The condition that a membership is active for the owner, in one of the roles. Without roles it never holds."""
    return (
        Attr("kind").eq(kind)
        & Attr("owner").eq(owner)
        & Attr("status").eq("active")
        & Attr("role").is_in(sorted(roles) or [""])
    )
