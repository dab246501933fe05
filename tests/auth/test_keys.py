"""The calls and the capacity of the keys of sign-ins, counted as AWS counts."""

import pytest

from chalicelib import mail
from chalicelib.auth import keys as auth_keys
from chalicelib.auth import store as auth_store
from chalicelib.mail import store as mail_store
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.auth.steps import begun
from tests.conftest import NOON
from tests.mail.steps import MailService, World, email_confirmed, install, letter, member, sign_in_requested
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
        mail.send(world.context, {"messageId": "1", "body": written.body})
    assert cost.calls == ["GetItem", "GetItem", "TransactWriteItems", "PutItem"]
    assert cost.write_units <= 7


@measures(auth_keys.sign_in)
def test_a_try_of_a_code_is_one_write_and_reads_the_sign_in_with_it(context: Context) -> None:
    sign_in_id = begun(context, member_id="mbr_1")
    with spent(context.table.client) as cost:
        assert auth_store.spend_try(context.table, sign_in_id, context.expiry()) is not None
    assert cost.calls == ["UpdateItem"]
    assert cost.write_units == 1
