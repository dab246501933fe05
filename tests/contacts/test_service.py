"""Whether a person may be contacted, and what a contact spends."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chalicelib import contacts, members
from chalicelib.contacts import HoldOut, Verdict
from chalicelib.contacts.model import Channel, ContactClass
from chalicelib.mail import jobs as mail_jobs
from chalicelib.mail import store as mail_store
from chalicelib.mail.model import Letter, LetterClass, LetterState, Recipient
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Refused, Transaction
from tests.mail.steps import MailService, World, email_confirmed, install, letter, message
from tests.support.crashes import crashes, watched
from tests.support.memory import MemoryDynamo
from tests.support.parallel import at_once
from tests.support.partners import member, speaks_for

AGREED = {"advertising": {"agreed": True, "version": "1", "at": "2026-11-20T09:00:00.000Z", "source": "cabinet"}}
DAY = date(2026, 11, 24)
OFFICE = "office@luch.example"


@pytest.fixture
def context(context: Context) -> Context:
    """A table in memory, and two people who agreed to advertising and share an address; the third has one of her own."""
    made = replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))
    member(made, "mbr_1", email=OFFICE, consents=AGREED)
    member(made, "mbr_2", email="office+boris@luch.example", consents=AGREED, phone="+74951234568")
    member(made, "mbr_3", consents=AGREED, phone=None)
    return made


def spent(
    context: Context,
    person: str = "mbr_1",
    day: date = DAY,
    channel: Channel = "email",
    contact_class: ContactClass = "advertising",
    by: str = "",
    address: str = OFFICE,
) -> set[str]:
    """Spends, and returns the reasons for which that was refused."""
    tx = Transaction()
    contacts.spend(
        context,
        tx,
        person_id=person,
        channel=channel,
        address=address,
        contact_class=contact_class,
        day=day,
        by=by or f"{person} {channel} {contact_class} {day}",
    )
    try:
        context.table.commit(tx)
    except Refused as refused:
        return set(refused.items)
    return set()


def asked(
    context: Context,
    person: str = "mbr_1",
    day: date = DAY,
    channel: Channel = "email",
    contact_class: ContactClass = "advertising",
) -> contacts.Verdict:
    return contacts.may_contact(context, person, channel, contact_class, day)


# --- the answer -------------------------------------------------------------------------------------------------------


def test_who_agreed_and_heard_nothing_yet_may_be_written_to(context: Context) -> None:
    assert asked(context) == (True, None, None)


def test_nobody_writes_to_who_is_not_there(context: Context) -> None:
    assert asked(context, "mbr_erased") == (False, "recipient_gone", None)


def test_nobody_calls_who_has_no_telephone(context: Context) -> None:
    assert asked(context, "mbr_3", channel="telephone") == (False, "no_address", None)


@pytest.mark.parametrize("contact_class", ["advertising", "content", "service"])
def test_a_suppressed_address_gets_no_letter_of_any_class(context: Context, contact_class: ContactClass) -> None:
    mail_store.suppress(context.table, OFFICE, reason="bounce", at=context.at, letter_id="ltr_0")
    assert asked(context, contact_class=contact_class) == (False, "suppressed", None)
    assert asked(context, channel="telephone", contact_class=contact_class).allowed


@pytest.mark.parametrize("consents", [{}, {"advertising": {**AGREED["advertising"], "agreed": False}}])
def test_without_consent_only_service_and_a_managers_talk_remain(context: Context, consents: Any) -> None:
    member(context, "mbr_1", consents=consents)
    refused = {
        (channel, contact_class)
        for channel in ("email", "sms", "telephone")
        for contact_class in ("advertising", "content", "service")
        if asked(context, channel=channel, contact_class=contact_class)[1] == "no_consent"
    }
    letters = {(channel, contact_class) for channel in ("email", "sms") for contact_class in ("advertising", "content")}
    assert refused == letters | {("telephone", "advertising")}


def test_an_early_contact_is_told_its_first_day(context: Context) -> None:
    assert spent(context) == set()
    assert asked(context, day=DAY + timedelta(days=13)) == (False, "contact_budget", DAY + timedelta(days=14))
    assert asked(context, day=DAY + timedelta(days=14)) == (True, None, None)


def test_two_people_of_one_mailbox_share_its_budget(context: Context) -> None:
    assert spent(context, "mbr_1") == set()
    assert asked(context, "mbr_2") == (False, "address_budget", DAY + timedelta(days=14))
    assert asked(context, "mbr_3") == (True, None, None)


def test_who_changes_the_address_keeps_the_budget(context: Context) -> None:
    assert spent(context) == set()
    member(context, "mbr_1", email="new@luch.example", consents=AGREED)
    assert asked(context)[1] == "contact_budget"


def test_service_spends_nothing(context: Context) -> None:
    tx = Transaction()
    contacts.spend(
        context,
        tx,
        person_id="mbr_1",
        channel="email",
        address=OFFICE,
        contact_class="service",
        day=DAY,
        by="a",
    )
    assert len(tx) == 0


# --- spending ---------------------------------------------------------------------------------------------------------


class Year(RuleBasedStateMachine):
    """Contacts of two people who share an address, in any order of days; a list of them all is the model."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = replace(context, table=Table(MemoryDynamo(), "club", sleep=lambda seconds: None))
        member(self.context, "mbr_1", email=OFFICE, consents=AGREED)
        member(self.context, "mbr_2", email=OFFICE, consents=AGREED)
        self.made: list[tuple[str, Channel, ContactClass, date]] = []

    @rule(
        person=st.sampled_from(["mbr_1", "mbr_2"]),
        channel=st.sampled_from(["email", "sms", "telephone"]),
        contact_class=st.sampled_from(["advertising", "content"]),
        day=st.dates(DAY, DAY + timedelta(days=90)),
    )
    def contact(self, person: str, channel: Channel, contact_class: ContactClass, day: date) -> None:
        told = asked(self.context, person, day, channel, contact_class)
        address = OFFICE if channel == "email" else "+74951234567"
        refused = spent(self.context, person, day, channel, contact_class, f"ctc_{len(self.made)}", address)
        assert told.allowed is (refused == set())
        if refused:
            assert told.next_day is not None
            assert told.next_day > day
        else:
            self.made.append((person, channel, contact_class, day))
        self.keeps_its_gaps()

    def keeps_its_gaps(self) -> None:
        letters = sorted((day, kind) for _, channel, kind, day in self.made if channel == "email")
        for position, (day, kind) in enumerate(letters):
            for earlier, before in letters[:position]:
                least = 14 if (kind, before) == ("advertising", "advertising") else 7
                assert (day - earlier).days >= least
        for channel in ("sms", "telephone"):
            days = sorted(day for _, each, _, day in self.made if each == channel)
            assert all((later - earlier).days >= 30 for earlier, later in pairwise(days))


def test_no_order_of_contacts_breaks_a_gap_and_the_answer_is_what_spending_does(context: Context) -> None:
    run_state_machine_as_test(
        lambda: Year(context),
        settings=settings(
            max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_the_same_contact_may_spend_again(context: Context) -> None:
    assert spent(context, by="ltr_1") == set()
    assert spent(context, by="ltr_1") == set()
    assert spent(context, by="ltr_2") == {"contact_budget", "address_budget"}


# --- hold-outs --------------------------------------------------------------------------------------------------------


def held_out(context: Context, company_id: str = "cmp_1", days: int = 180) -> None:
    tx = Transaction()
    contacts.hold_out(tx, HoldOut(company_id, "wav_1", context.today + timedelta(days=days)))
    context.table.commit(tx)


@pytest.mark.parametrize("channel", ["email", "sms", "telephone"])
def test_who_acts_for_a_company_that_is_held_out_is_contacted_for_service_only(
    context: Context, channel: Channel
) -> None:
    speaks_for(context, "cmp_1", "mbr_1")
    held_out(context)
    member(context, "mbr_1", consents=AGREED, phone="+74951234567", email=OFFICE)
    classes: list[ContactClass] = ["advertising", "content"]
    for contact_class in classes:
        for day in range(180):
            later = replace(context, now=context.now + timedelta(days=day))
            found = contacts.may_contact(later, "mbr_1", channel, contact_class, later.today)
            assert (found.allowed, found.reason) == (False, "contact_budget")
            # It is told as a spent budget is: nobody learns from the day who is held out.
            assert found.next_day and 0 < (found.next_day - later.today).days <= 30
    assert contacts.may_contact(context, "mbr_1", channel, "content", context.today + timedelta(days=40)).allowed
    assert contacts.may_contact(context, "mbr_1", channel, "service", DAY) == Verdict(True)
    over, tx = HoldOut("cmp_1", "wav_2", context.today), Transaction()
    contacts.hold_out(tx, over, label="shorter")
    with pytest.raises(Refused, match="shorter"):
        context.table.commit(tx)
    contacts.end_hold_out(tx := Transaction(), "cmp_1", over)
    context.table.commit(tx)
    assert contacts.may_contact(context, "mbr_1", channel, "content", DAY).allowed


def test_an_audience_does_not_tell_who_is_held_out(context: Context) -> None:
    held_out(context)
    people = [found for each in ("mbr_1", "mbr_2") if (found := members.member(context, each))]
    assert contacts.refused_letters(context, people, {"mbr_1": "cmp_1", "mbr_2": ""}, "") == {}


def test_a_letter_to_who_acts_for_a_held_out_company_is_skipped_and_spends_nothing(world: World) -> None:
    context = world.context
    speaks_for(context, "cmp_1", "mbr_1")
    held_out(context)
    two_letters(context, "mbr_1", "mbr_2")
    for number in range(2):
        mail_jobs.send_letters(context, message({"letter_id": f"ltr_{number}"}))
    first, second = read(context, "ltr_0"), read(context, "ltr_1")
    assert (first.state, first.reason) == (LetterState.SKIPPED, "contact_budget")
    assert 0 < (date.fromisoformat(first.next_day) - context.today).days <= 14
    assert second.state is LetterState.SENT  # at the same address: nothing was spent


# --- companies that closed down ---------------------------------------------------------------------------------------


def closed_down(context: Context, company_id: str = "cmp_1") -> None:
    tx = Transaction()
    contacts.close_down(tx, company_id, context.at)
    context.table.commit(tx)


def test_who_acts_for_a_company_that_closed_down_is_contacted_for_service_only(world: World) -> None:
    context = world.context
    speaks_for(context, "cmp_1", "mbr_1")
    two_letters(context, "mbr_1", "mbr_2")
    held_out(context)
    closed_down(context)
    people = [found for each in ("mbr_1", "mbr_2") if (found := members.member(context, each))]
    assert contacts.refused_letters(context, people, {"mbr_1": "cmp_1"}, "") == {"mbr_1": "closed_down"}
    assert contacts.may_contact(context, "mbr_1", "email", "content", DAY) == Verdict(False, "closed_down")
    assert contacts.may_contact(context, "mbr_1", "email", "service", DAY).allowed
    for number in range(2):
        mail_jobs.send_letters(context, message({"letter_id": f"ltr_{number}"}))
    first, second = read(context, "ltr_0"), read(context, "ltr_1")
    assert (first.state, first.reason) == (LetterState.SKIPPED, "closed_down")
    assert second.state is LetterState.SENT
    tx = Transaction()
    contacts.reopen(tx, "cmp_1")
    context.table.commit(tx)
    assert contacts.refused_letters(context, people, {"mbr_1": "cmp_1"}, "") == {}


# --- letters ----------------------------------------------------------------------------------------------------------


def two_letters(context: Context, *people: str, letter_class: LetterClass = LetterClass.ADVERTISING) -> list[Letter]:
    """Two advertising letters, written and not yet sent."""
    context.table.put(email_confirmed())
    made = [
        letter(
            context,
            letter_id=f"ltr_{number}",
            template="news",
            letter_class=letter_class,
            recipient=Recipient("member", person),
        )
        for number, person in enumerate(people)
    ]
    for each in made:
        mail_store.create(context.table, each)
    return made


def read(context: Context, letter_id: str) -> Letter:
    found = mail_store.read(context.table, letter_id)
    assert found is not None
    return found


@pytest.fixture
def world(context: Context, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(context, MailService())
    install(monkeypatch, made, watched)
    return made


@pytest.mark.parametrize("people", [("mbr_1", "mbr_1"), ("mbr_1", "mbr_2")])
def test_the_second_letter_is_skipped_with_its_reason_and_its_next_day(world: World, people: tuple[str, str]) -> None:
    two_letters(world.context, *people)
    for number in range(2):
        mail_jobs.send_letters(world.context, message({"letter_id": f"ltr_{number}"}))
    assert read(world.context, "ltr_0").state is LetterState.SENT
    second = read(world.context, "ltr_1")
    reason = "contact_budget" if people[0] == people[1] else "address_budget"
    assert (second.state, second.reason) == (LetterState.SKIPPED, reason)
    assert second.next_day == (contacts.local_day(world.context, None) + timedelta(days=14)).isoformat()


def test_sixteen_workers_with_two_letters_for_one_person_send_one(world: World) -> None:
    two_letters(world.context, "mbr_1", "mbr_1")
    at_once(16, lambda number: deliver(world, number % 2))
    assert world.service.calls == 1
    states = sorted((each.state, each.reason) for each in (read(world.context, "ltr_0"), read(world.context, "ltr_1")))
    assert states == [(LetterState.SENT, ""), (LetterState.SKIPPED, "contact_budget")]


def deliver(world: World, number: int) -> None:
    """Hands the letter's message to a worker as a queue does: after a failure it comes again."""
    for _ in range(3):
        try:
            mail_jobs.send_letters(world.context, message({"letter_id": f"ltr_{number}"}))
        except Exception:
            continue
        return


def test_a_letter_that_the_service_refuses_gives_its_day_back(world: World) -> None:
    two_letters(world.context, "mbr_1", "mbr_1")
    world.service.fates = ["refused"]
    for number in range(2):
        mail_jobs.send_letters(world.context, message({"letter_id": f"ltr_{number}"}))
    assert read(world.context, "ltr_0").state is LetterState.REJECTED
    assert read(world.context, "ltr_1").state is LetterState.SENT


def test_a_letter_without_an_answer_keeps_its_day(world: World) -> None:
    two_letters(world.context, "mbr_1", "mbr_1")
    world.service.fates = ["accepted, reply lost"]
    for number in range(2):
        mail_jobs.send_letters(world.context, message({"letter_id": f"ltr_{number}"}))
    assert read(world.context, "ltr_0").state is LetterState.UNKNOWN
    assert read(world.context, "ltr_1").reason == "contact_budget"


def test_a_crash_at_any_call_leaves_no_second_letter_and_no_day_spent_twice(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for crash in crashes():
        begun = replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))
        world = World(begun, MailService())
        install(monkeypatch, world, watched)
        member(begun, "mbr_1", email=OFFICE, consents=AGREED)
        two_letters(begun, "mbr_1", "mbr_1")
        with crash:
            for number in range(2):
                mail_jobs.send_letters(world.context, message({"letter_id": f"ltr_{number}"}))
        for number in range(2):
            deliver(world, number)
        assert len(world.service.accepted) <= 1, crash
        states = {read(world.context, f"ltr_{number}").state for number in range(2)}
        assert states <= {LetterState.SENT, LetterState.SKIPPED, LetterState.SENDING}, crash
