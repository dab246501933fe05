"""The calls and the capacity of the keys of sign-ins, counted as AWS counts."""

import pytest

from chalicelib.auth import email_change, own_data
from chalicelib.auth import keys as auth_keys
from chalicelib.auth import store as auth_store
from chalicelib.auth.codes import code_hash
from chalicelib.auth.service import code_of
from chalicelib.mail import jobs as mail_jobs
from chalicelib.mail import store as mail_store
from chalicelib.members import keys as members_keys
from chalicelib.platform.context import Context
from chalicelib.platform.own_data import Person
from chalicelib.table.client import Table
from chalicelib.table.key import shards
from tests.auth.steps import CODE, SECRET, begun
from tests.conftest import NOON
from tests.mail.steps import MailService, World, email_confirmed, install, letter, member, sign_in_requested
from tests.support import partners
from tests.support.crashes import watched
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@pytest.fixture
def world(context: Context, monkeypatch: pytest.MonkeyPatch) -> World:
    """A welcome is written."""
    made = World(context, MailService())
    install(monkeypatch, made, watched)
    member(context)
    context.table.put(email_confirmed())
    mail_store.create(context.table, letter(context))
    return made


@measures(auth_keys.sign_in)
def test_a_code_letter_keeps_its_hash_in_the_claims_own_transaction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.platform.aws.secret", lambda: "a secret for tests only")
    monkeypatch.setattr("chalicelib.mail.service.queue_url", lambda name: f"https://queues.example/{name}")
    world.happens(sign_in_requested(world.context))
    world.tell_next()
    (written,) = world.queue
    with spent(world.context.table.client) as cost:
        mail_jobs.send_codes(world.context, {"messageId": "1", "body": written.body})
    # The letter comes with its message: only its cause is read.
    assert cost.calls == ["GetItem", "TransactWriteItems", "PutItem"]
    assert cost.write_units <= 7


@measures(auth_keys.sign_in)
def test_a_try_of_a_code_is_one_write_and_reads_the_sign_in_with_it(context: Context) -> None:
    sign_in_id = begun(context, member_id="mbr_1")
    with spent(context.table.client) as cost:
        assert auth_store.spend_try(context.table, auth_keys.sign_in(sign_in_id), "hash", 3, context.now)
    assert cost.calls == ["UpdateItem"]
    assert cost.write_units == 1


@measures(auth_keys.email_change, auth_keys.email_changed)
def test_a_change_of_address_is_one_transaction_after_three_calls(context: Context) -> None:
    partners.member(context, "mbr_anna", email="anna@old.example")
    context.table.put({**members_keys.email_owner("anna@old.example").as_item(), "member_id": "mbr_anna"})
    about = {**code_of(context), "change_id": "emc_1", "member_id": "mbr_anna", "email": "anna@new.example"}
    hashed = code_hash(SECRET, "emc_1", CODE)
    context.table.put({**auth_keys.email_change("emc_1").as_item(), **about, "code_hash": hashed})
    with spent(context.table.client) as cost:
        email_change.confirm(context, SECRET, "mbr_anna", "emc_1", CODE, address="192.0.2.1")
    assert sorted(cost.calls) == ["GetItem", "GetItem", "GetItem", "TransactWriteItems", "UpdateItem"]
    assert cost.write_units <= 18


@measures(auth_keys.sign_in_list)
def test_the_sign_ins_of_an_address_are_one_query(context: Context) -> None:
    listed = auth_keys.sign_in_list("anna@example.com", context.at, "sin_1")
    context.table.put(
        {
            **auth_keys.sign_in("sin_1").as_item(),
            **listed.as_gsi1(),
            "email": "anna@example.com",
            "created_at": context.at,
        }
    )
    person = Person("mbr_1", "Anna Orlova", "anna@example.com")
    with spent(context.table.client) as cost:
        assert len(list(own_data.sign_ins(context, person))) == 1
    assert cost.calls == ["Query"]
    assert cost.read_units <= 0.5


@measures(auth_keys.visits)
def test_a_visit_is_one_write_and_a_quarter_a_query_of_each_shard(context: Context) -> None:
    with spent(context.table.client) as cost:
        auth_store.note_visit(context.table, "mbr_1", NOON)
    assert (cost.calls, cost.write_units) == (["UpdateItem"], 1)
    with spent(context.table.client) as cost:
        assert list(auth_store.visits(context.table, "2026-Q4")) == [("mbr_1", {"2026-11-20"})]
    assert cost.calls == ["Query"] * len(shards())
    with spent(context.table.client) as cost:
        assert auth_store.activity_of(context.table, ["mbr_1", "mbr_2"], ["2026-Q3", "2026-Q4"]) == {
            "mbr_1": ({"2026-11-20"}, set())
        }
    assert cost.calls == ["BatchGetItem"]
