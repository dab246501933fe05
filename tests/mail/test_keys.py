"""The calls and the capacity of the keys of letters, counted as AWS counts."""

import pytest

from chalicelib import mail
from chalicelib.mail import jobs
from chalicelib.mail import keys as mail_keys
from chalicelib.mail import store as mail_store
from chalicelib.mail.model import LetterState
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.mail.steps import MailService, World, email_confirmed, install, letter, member, message, report
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


@measures(mail_keys.letter)
def test_a_letter_is_written_in_one_call_and_read_in_one_of_one_unit(world: World) -> None:
    with spent(world.context.table.client) as written:
        mail_store.create(world.context.table, letter(world.context, letter_id="ltr_2"))
    assert (written.calls, written.write_units) == (["PutItem"], 1)
    with spent(world.context.table.client) as cost:
        found = mail_store.read(world.context.table, "ltr_2")
    assert found == letter(world.context, letter_id="ltr_2")
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)


@measures(mail_keys.letter, mail_keys.suppression)
def test_sending_a_letter_is_four_reads_one_transaction_and_two_writes(world: World) -> None:
    """The letter, its cause, its reader, the ladder that a welcome tells of; its notification; the claim with the check of the address; the answer."""
    with spent(world.context.table.client) as cost:
        jobs.send_letters(world.context, message({"letter_id": "ltr_1"}))
    assert len(world.service.accepted) == 1
    assert cost.calls == ["GetItem", "GetItem", "Query", "Query", "PutItem", "TransactWriteItems", "PutItem"]
    assert cost.read_units <= 3
    assert cost.write_units <= 6  # two items in a transaction at two each, and two


@measures(mail_keys.suppression)
def test_a_suppressed_address_is_met_in_the_claim_without_a_read_of_its_own(world: World) -> None:
    with spent(world.context.table.client) as cost:
        mail_store.suppress(
            world.context.table, "mbr_1@partner.example", reason="bounce", at=world.context.at, letter_id="ltr_0"
        )
    assert (cost.calls, cost.write_units) == (["UpdateItem"], 2)
    with spent(world.context.table.client) as cost:
        jobs.send_letters(world.context, message({"letter_id": "ltr_1"}))
    assert world.service.calls == 0
    assert cost.calls.count("GetItem") == 2


@measures(mail_keys.letter)
def test_a_report_is_one_read_and_one_write(world: World) -> None:
    jobs.send_letters(world.context, message({"letter_id": "ltr_1"}))
    delivered = report("Delivery", world.service.accepted[0], world.context.now)
    with spent(world.context.table.client) as cost:
        jobs.settle_letters(world.context, message(delivered))
    assert (cost.calls, cost.read_units, cost.write_units) == (["GetItem", "PutItem"], 0.5, 1)
    with spent(world.context.table.client) as again:
        jobs.settle_letters(world.context, message(delivered))
    assert again.calls == ["GetItem"]


@measures(mail_keys.letter_list)
def test_letters_to_look_at_are_one_query_oldest_first_and_leave_the_list_when_settled(world: World) -> None:
    for number, written_at in ((3, "2026-11-20T09:00:03.000Z"), (2, "2026-11-20T09:00:02.000Z")):
        unknown = letter(
            world.context,
            letter_id=f"ltr_{number}",
            written_at=written_at,
            state=LetterState.UNKNOWN,
            reason="no_answer",
        )
        mail_store.create(world.context.table, unknown)
    listed = mail_keys.letter_list(LetterState.UNKNOWN, "", "").pk
    with spent(world.context.table.client) as cost:
        found = world.context.table.query(listed, index="gsi2", limit=25).items
    assert [each["letter_id"] for each in found] == ["ltr_2", "ltr_3"]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)

    known = mail_store.read(world.context.table, "ltr_2")
    assert known is not None
    mail_store.change(
        world.context, known, lambda each: letter(world.context, letter_id="ltr_2", state=LetterState.SENT)
    )
    assert [each["letter_id"] for each in world.context.table.query(listed, index="gsi2").items] == ["ltr_3"]


@measures(mail_keys.waiting_letter)
def test_letters_whose_slot_has_come_are_one_query_and_those_to_come_are_not_read(world: World) -> None:
    for number, due_at in enumerate(("2026-11-20T08:30:00.000Z", "2026-11-24T09:30:00.000Z", "")):
        waiting = letter(world.context, letter_id=f"ltr_{number + 2}", due_at=due_at)
        mail_store.create(world.context.table, waiting)
    with spent(world.context.table.client) as cost:
        assert mail_store.due(world.context) == ["ltr_2"]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(mail_keys.suppression_list)
def test_the_suppressed_addresses_are_one_query_newest_first(context: Context) -> None:
    for number in range(3):
        mail_store.suppress(
            context.table,
            f"{number}@partner.example",
            reason="bounce",
            at=f"2026-11-2{number}T09:00:00.000Z",
            letter_id="",
        )
    with spent(context.table.client) as cost:
        page = mail.suppressions_page(context, 2, None)
    assert [item["email"] for item in page.items] == ["2@partner.example", "1@partner.example"] and page.last
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
