"""The calls and the capacity of the keys of members, their consents, and the staff, counted as AWS counts."""

import pytest

from chalicelib import members
from chalicelib.members import keys as members_keys
from chalicelib.members import service
from chalicelib.members.config import Consents
from chalicelib.members.schemas import ConsentChangeForm, StaffForm
from chalicelib.members.store import read_with_membership
from chalicelib.platform.access import journal
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.rights import guard_of
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Transaction
from tests.conftest import NOON
from tests.support.api import Caller
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@pytest.fixture
def anna(context: Context) -> str:
    """A member with every answer given, who speaks for a company."""
    tx = Transaction()
    anna = members.join_or_find(context, tx, name="Anna Orlova", email="anna@example.com", language="ru")
    members.appoint(tx, anna.member_id, kind="company", owner="cmp_1", role="owner", status="active")
    context.table.commit(tx)
    for purpose in context.config[Consents].consents:
        answer = ConsentChangeForm(version="2026-1", agreed=True)
        service.answer_consent(context, anna.member_id, purpose, answer, address="192.0.2.1")
    return anna.member_id


@measures(members_keys.member, access_keys.membership)
def test_a_profile_with_its_membership_is_one_call_of_at_most_one_unit(context: Context, anna: str) -> None:
    with spent(context.table.client) as cost:
        known, membership = read_with_membership(context.table, anna)
    assert known is not None and membership is not None
    assert len(known.consents) == 2
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1


@measures(members_keys.email_owner)
def test_the_owner_of_an_address_is_one_call_of_one_unit(context: Context, anna: str) -> None:
    with spent(context.table.client) as cost:
        assert members.owner_of(context, "anna@example.com") == anna
    assert cost.calls == ["GetItem"]
    assert cost.read_units == 1


@measures(members_keys.consent_log)
def test_what_a_member_answered_is_one_query_in_the_order_it_was_said(context: Context, anna: str) -> None:
    answer = ConsentChangeForm(version="2026-1", agreed=False)
    service.answer_consent(context, anna, "advertising", answer, address="192.0.2.1")
    with spent(context.table.client) as cost:
        said = context.table.query(members_keys.member(anna).pk, starts="CONSENTLOG#").items
    assert [(each["purpose"], each["agreed"]) for each in said] == [
        ("personal_data", True),
        ("advertising", True),
        ("advertising", False),
    ]
    assert cost.calls == ["Query"]
    assert cost.read_units == 0.5


@measures(members_keys.staff_list)
def test_a_page_of_the_staff_is_two_calls(context: Context) -> None:
    for name in ("Igor Petrov", "Boris Ivanov"):
        email = f"{name.split()[0].lower()}@example.com"
        service.appoint_staff(context, StaffForm(name=name, email=email, role="manager"), by=None)
    with spent(context.table.client) as cost:
        people, last = service.staff(context, 25, None)
    assert [person.name for person in people] == ["Boris Ivanov", "Igor Petrov"]
    assert last is None
    assert cost.calls == ["Query", "BatchGetItem"]
    assert cost.read_units <= 2


@measures(members_keys.leaver, members_keys.spoken_for)
def test_leaving_is_one_query_and_one_transaction(context: Context, anna: str) -> None:
    tx = Transaction()
    members.dismiss(tx, anna, "cmp_1")
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        members.leave(context, anna, "anna@example.com")
    assert cost.calls == ["Query", "TransactWriteItems"]
    with spent(context.table.client) as cost:
        leaver = members.leaver(context, anna)
    assert leaver and leaver.companies == ("cmp_1",)
    assert cost.calls == ["GetItem", "Query"]
    assert cost.read_units == 2


@measures(access_keys.journal)
def test_an_entry_of_the_journal_costs_two_units_and_a_page_of_them_one_call(context: Context) -> None:
    admin = Principal.from_claims(Caller.person("mbr_admin", "staff", "admin", "club").claims)
    members.appoint(tx := Transaction(), "mbr_admin", kind="staff", owner="club", role="admin", status="active")
    context.table.commit(tx)

    def write(entry: Item | None) -> float:
        guard = guard_of(admin, "staff.distributors.write", entry)
        tx = Transaction()
        tx.put(Key("P", "1").as_item())
        assert guard
        with spent(context.table.client) as cost:
            context.table.guarded_by(guard).commit(tx)
        return cost.write_units

    entry = journal.entry(context, admin, "change_distributor", f"/v1/staff/distributors/{'d' * 64}", "r" * 36)
    assert write(entry) - write(None) == 2
    with spent(context.table.client) as cost:
        found = journal.entries(context, "2026-11", {"by": "mbr_admin"}, "/v1/staff/", 25, None)
    assert [item["operation"] for item in found.items] == ["change_distributor"]
    assert cost.calls == ["Query"] and cost.read_units == 0.5
