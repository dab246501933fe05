"""The calls and the capacity of the keys of contacts, counted as AWS counts."""

from datetime import date, timedelta

import pytest

from chalicelib import contacts
from chalicelib.contacts import keys, notes
from chalicelib.contacts.schemas import NoteForm
from chalicelib.mail import jobs as mail_jobs
from chalicelib.mail import store as mail_store
from chalicelib.mail.model import LetterClass, LetterState
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.contacts.test_service import AGREED
from tests.mail.steps import MailService, World, email_confirmed, install, letter, message
from tests.support.partners import member, staff
from tests.support.spent import measures, spent

DAY = date(2026, 11, 20)


@pytest.fixture
def club(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    context = Context(table=local_table, now=NOON)
    member(context, "mbr_1")
    staff(context, "mbr_manager", "manager")
    return context


@measures(keys.person, keys.address)
def test_whether_somebody_may_be_called_is_two_reads(club: Context) -> None:
    with spent(club.table.client) as cost:
        assert contacts.may_contact(club, "mbr_1", "telephone", "content", DAY).allowed
    assert cost.calls == ["Query", "BatchGetItem"]
    assert cost.read_units <= 4


@measures(keys.person, keys.address)
def test_a_letter_spends_two_writes_in_the_transaction_that_claims_it_and_no_read(club: Context) -> None:
    tx = Transaction()
    with spent(club.table.client) as cost:
        contacts.spend(
            club,
            tx,
            person_id="mbr_1",
            channel="email",
            address="mbr_1@partner.example",
            contact_class="advertising",
            day=DAY,
            by="ltr_1",
        )
        club.table.commit(tx)
    assert cost.calls == ["TransactWriteItems"]
    assert cost.write_units <= 4


@measures(keys.contact_note)
def test_a_page_of_notes_is_one_call_beside_that_for_the_member(club: Context) -> None:
    for number in range(30):
        form = NoteForm(channel="telephone", contact_class="service", text=str(number))
        notes.note(club, "mbr_1", form, by="mbr_manager")
    with spent(club.table.client) as cost:
        found = notes.page(club, "mbr_1", 25, None)
    assert (len(found.items), cost.calls) == (25, ["GetItem", "Query"])
    assert cost.read_units <= 2


def test_a_letter_with_advertising_is_three_reads_and_two_writes_sent_or_skipped(
    club: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(club, MailService())
    install(monkeypatch, world, lambda fake, service: fake)
    member(club, "mbr_1", consents=AGREED)
    club.table.put(email_confirmed())
    for number, (state, units) in enumerate([(LetterState.SENT, 11), (LetterState.SKIPPED, 1)]):
        mail_store.create(club.table, letter(club, letter_id=f"ltr_{number}", letter_class=LetterClass.ADVERTISING))
        with spent(club.table.client) as cost:
            mail_jobs.send_letters(club, message({"letter_id": f"ltr_{number}"}))
        found = mail_store.read(club.table, f"ltr_{number}")
        assert found is not None
        assert found.state is state
        # The letter, its cause, its reader; the claim, and what became of it.
        assert cost.calls == ["GetItem", "GetItem", "Query", "TransactWriteItems", "PutItem"]
        assert (cost.read_units, cost.write_units) == (2, units)


@measures(keys.hold_out)
def test_who_is_held_out_is_one_read_for_a_hundred_companies(club: Context) -> None:
    tx = Transaction()
    contacts.hold_out(tx, contacts.HoldOut("cmp_1", "wav_1", club.today + timedelta(days=1)))
    club.table.commit(tx)
    with spent(club.table.client) as cost:
        found = contacts.held_out(club, [f"cmp_{number}" for number in range(100)])
    assert (set(found), cost.calls) == ({"cmp_1"}, ["BatchGetItem"])
