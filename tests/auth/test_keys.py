"""The calls and the capacity of the keys of sign-ins, counted as AWS counts."""

import pytest

from chalicelib import mail
from chalicelib.auth import keys as auth_keys
from chalicelib.auth import store as auth_store
from chalicelib.mail import store as mail_store
from chalicelib.platform.context import Work
from chalicelib.table.client import Table
from tests.auth.steps import begun
from tests.conftest import NOON
from tests.mail.steps import MailService, World, email_confirmed, install, letter, member, message, sign_in_requested
from tests.support.crashes import watched
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    return Work(table=local_table, now=NOON)


@pytest.fixture
def world(work: Work, monkeypatch: pytest.MonkeyPatch) -> World:
    """A welcome is written."""
    made = World(work, MailService())
    install(monkeypatch, made, watched)
    member(work)
    work.table.put(email_confirmed())
    mail_store.create(work.table, letter(work))
    return made


@measures(auth_keys.sign_in)
def test_a_code_letter_keeps_its_hash_in_the_claims_own_transaction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.platform.aws.secret", lambda: "a secret for tests only")
    world.happens(sign_in_requested(world.work))
    world.tell_next()
    written = next(each.item for each in world.stream if each.item["template"] == "sign_in_code")
    with spent(world.work.table.client) as cost:
        mail.send(world.work, message({"letter_id": written["letter_id"]}))
    assert cost.calls == ["GetItem", "GetItem", "TransactWriteItems", "PutItem"]
    assert cost.write_units <= 7


@measures(auth_keys.sign_in)
def test_a_try_of_a_code_is_one_write_and_reads_the_sign_in_with_it(work: Work) -> None:
    sign_in_id = begun(work, member_id="mbr_1")
    with spent(work.table.client) as cost:
        assert auth_store.spend_try(work.table, sign_in_id, work.expiry()) is not None
    assert cost.calls == ["UpdateItem"]
    assert cost.write_units == 1
