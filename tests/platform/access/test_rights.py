"""The guard of a caller's writes, for every role and scope."""

import pytest

from chalicelib import members
from chalicelib.platform.access import keys, store
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.rights import guard_of, refusal_of
from chalicelib.platform.access.scopes import COMPANY_ROLES, DISTRIBUTOR_ROLES, SCOPES, STAFF_ROLES, scopes_of
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.key import Key
from chalicelib.table.transactions import Transaction
from tests.support import partners
from tests.support.api import Caller
from tests.support.spent import calls_counted, measures

ROLES = {"company": COMPANY_ROLES, "distributor": DISTRIBUTOR_ROLES, "staff": STAFF_ROLES}
OWNERS = {"company": "cmp_1", "distributor": "dst_1", "staff": "club"}


def may_write(context: Context, caller: Caller, scope: str) -> bool:
    guard = guard_of(Principal.from_claims(caller.claims), scope)
    assert guard
    tx = Transaction()
    tx.put(Key("P", "1").as_item())
    try:
        context.table.guarded_by(guard).commit(tx)
    except Problem as problem:
        return problem.code not in ("scope_missing", "session_stale")
    return True


@pytest.mark.parametrize("kind", ROLES)
def test_a_write_needs_a_membership_in_a_role_that_carries_the_scope(context: Context, kind: str) -> None:
    special = {scope for scopes in ROLES[kind].values() for scope in scopes} - scopes_of("", "")
    for role, scopes in ROLES[kind].items():
        tx = Transaction()
        members.appoint(tx, "mbr_1", kind=kind, owner=OWNERS[kind], role=role, status="active")  # type: ignore[arg-type]
        context.table.commit(tx)
        caller = Caller.person("mbr_1", kind, role, OWNERS[kind])
        assert {scope for scope in special if may_write(context, caller, scope)} == scopes & special


def test_a_membership_of_somebody_else_or_one_that_waits_gives_no_right(context: Context) -> None:
    caller = partners.speaks_for(context, "cmp_1", "mbr_1")
    assert may_write(context, caller, "orders.write")
    item = context.table.get(keys.membership("mbr_1"))
    assert item
    for change in ({"owner": "cmp_2"}, {"status": "pending"}, {"kind": "staff"}):
        context.table.put(item | change)
        assert not may_write(context, caller, "orders.write")


@pytest.mark.parametrize("scope", sorted(scopes_of("", "")))
def test_what_every_member_may_do_has_no_guard(scope: str) -> None:
    assert scope in SCOPES
    assert guard_of(Principal.from_claims(Caller.person("mbr_1").claims), scope) is None


@measures(keys.disabled_client)
def test_a_machine_writes_until_it_is_disabled(context: Context) -> None:
    machine = Caller({"sub": "client_1", "client_id": "client_1", "scope": "club/api club/machine.payments"})
    assert may_write(context, machine, "machine.payments")
    for _ in range(2):
        store.disable_client(context, "client_1")
        assert not may_write(context, machine, "machine.payments")


def machine_of(context: Context, scope: str) -> Principal:
    claims = {"sub": "client_1", "client_id": "client_1", "scope": f"club/api club/{scope}"}
    return store.acting_for(context, Principal.from_claims(claims), scope)


@measures(keys.bound_client)
def test_a_machine_works_for_the_distributor_it_is_bound_to_and_for_no_other(context: Context) -> None:
    assert machine_of(context, "fulfilment.read").distributor_id is None
    for _ in range(2):
        store.bind_client(context, "client_1", "dst_1")
    with calls_counted(context.table.client) as made:
        assert machine_of(context, "fulfilment.read").distributor_id == "dst_1"
    assert made == ["GetItem"]
    with pytest.raises(Problem, match="another distributor"):
        store.bind_client(context, "client_1", "dst_2")
    with calls_counted(context.table.client) as made:
        assert machine_of(context, "machine.payments").distributor_id is None
    assert made == [], "no other machine pays for the look"
    store.disable_client(context, "client_1")
    with pytest.raises(Problem, match="disabled"):
        machine_of(context, "fulfilment.read")


REFUSALS = [
    (None, "orders.write", "company_missing"),
    (None, "staff.orders.read", "scope_missing"),
    (("company", "owner", "pending"), "orders.write", "not_confirmed"),
    (("company", "engineer", "active"), "orders.write", "scope_missing"),
    (("company", "buyer", "active"), "orders.write", "session_stale"),
    (("distributor", "operator", "active"), "orders.write", "scope_missing"),
    (("staff", "manager", "active"), "staff.catalog.write", "scope_missing"),
    (("staff", "admin", "active"), "staff.catalog.write", "session_stale"),
]


@pytest.mark.parametrize(("membership", "scope", "code"), REFUSALS)
def test_a_refusal_says_what_the_caller_can_do(
    context: Context, membership: tuple[str, str, str] | None, scope: str, code: str
) -> None:
    if membership:
        kind, role, status = membership
        about = {"kind": kind, "owner": "cmp_1", "role": role, "status": status}
        context.table.put({**keys.membership("mbr_1").as_item(), **about})
    caller = Principal.from_claims(Caller.person("mbr_1").claims)
    refusal = refusal_of(context, caller, scope)
    assert (refusal.code, refusal.status, refusal.extra) == (code, 403, {"scope": scope})


def test_a_role_that_may_not_hears_who_may(context: Context) -> None:
    about = {"kind": "company", "owner": "cmp_1", "role": "engineer", "status": "active"}
    context.table.put({**keys.membership("mbr_1").as_item(), **about})
    caller = Principal.from_claims(Caller.person("mbr_1", "company", "engineer", "cmp_1").claims)
    told = refusal_of(context, caller, "orders.write").detail
    assert told == "Your role is engineer; this needs one of: buyer, owner."


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("staff.retention.read", "This is for the staff of the club, as admin, head_of_sales."),
        ("distributor.write", "This is for the people of a distributor."),
        ("machine.payments", "This needs the scope machine.payments."),
    ],
)
def test_who_acts_for_somebody_else_hears_whom_it_is_for(context: Context, scope: str, told: str) -> None:
    about = {"kind": "company", "owner": "cmp_1", "role": "owner", "status": "active"}
    context.table.put({**keys.membership("mbr_1").as_item(), **about})
    caller = Principal.from_claims(Caller.person("mbr_1", "company", "owner", "cmp_1").claims)
    assert refusal_of(context, caller, scope).detail == told


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("bonuses.write", "This is for the people of a company, as buyer, owner."),
        ("company.claim", "This is for partners, not for the staff of the club or the people of a distributor."),
    ],
)
def test_the_staff_hears_that_something_is_for_companies(context: Context, scope: str, told: str) -> None:
    about = {"kind": "staff", "owner": "club", "role": "admin", "status": "active"}
    context.table.put({**keys.membership("mbr_1").as_item(), **about})
    assert refusal_of(context, Principal.from_claims(Caller.person("mbr_1").claims), scope).detail == told


def test_a_machine_hears_the_scope(context: Context) -> None:
    machine = Principal.from_claims({"sub": "client_1", "client_id": "client_1", "scope": "club/api"})
    assert refusal_of(context, machine, "machine.payments").code == "scope_missing"
