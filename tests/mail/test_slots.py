"""A letter that keeps to slots: it waits for its reader's, leaves in it once, and is never lost on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time

import pytest

from chalicelib import mail as mail_room
from chalicelib.contacts import keys as contacts_keys
from chalicelib.contacts.config import Slots
from chalicelib.mail import declarations, jobs
from chalicelib.mail import store as mail_store
from chalicelib.mail.model import LetterClass, LetterState
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.mail.news import news
from tests.mail.steps import MailService, World, email_confirmed, install, letter, member, message, only_letter
from tests.support.crashes import crashes, lost_replies, uncounted, watched
from tests.support.figures import with_figures
from tests.support.memory import MemoryDynamo

AGREED = {"advertising": {"agreed": True, "version": "1", "at": "2026-11-20T09:00:00.000Z", "source": "cabinet"}}
SLOT = "2026-11-24T09:30:00.000Z"  # Tuesday, 12:30 in Moscow; the letter is written on the Friday before


@pytest.fixture(autouse=True)
def _in_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = replace(declarations.declaration(news.__name__), in_slot=True)
    monkeypatch.setitem(declarations._LETTERS, news.__name__, declared)


def write(world: World, zone: str | None = None) -> None:
    member(world.context, consents=AGREED, **({"time_zone": zone} if zone else {}))
    world.context.table.put(email_confirmed())
    mail_store.create(world.context.table, letter(world.context, letter_class=LetterClass.ADVERTISING))
    world.send_message(QueueUrl="letters", MessageBody='{"letter_id": "ltr_1"}', DelaySeconds=0)


def at(world: World, moment: str) -> None:
    """The tick of this moment, and what follows from it."""
    world.context = replace(world.context, now=datetime.fromisoformat(moment))
    mail_room.wake(world.context)
    world.run()


@pytest.mark.parametrize(
    ("zone", "due_at"),
    [(None, SLOT), ("Asia/Omsk", "2026-11-24T06:30:00.000Z"), ("America/New_York", "2026-11-24T17:30:00.000Z")],
)
def test_a_letter_waits_for_the_next_slot_of_its_reader(world: World, zone: str | None, due_at: str) -> None:
    write(world, zone)
    world.run()
    waiting = only_letter(world.context)
    assert (waiting.state, waiting.due_at, waiting.attempts) == (LetterState.PENDING, due_at, 0)
    at(world, due_at.replace(":30:00", ":29:59"))
    assert world.service.calls == 0
    at(world, due_at)
    assert only_letter(world.context).state is LetterState.SENT
    assert mail_room.wake(world.context) == 0


def test_a_letter_that_is_written_in_a_slot_leaves_at_once(world: World) -> None:
    world.context = replace(world.context, now=datetime.fromisoformat("2026-11-24T10:29:00Z"))
    write(world)
    world.run()
    assert only_letter(world.context).state is LetterState.SENT


def test_a_letter_whose_slot_was_missed_by_more_than_an_hour_waits_for_the_next_one(world: World) -> None:
    write(world)
    world.run()
    at(world, "2026-11-24T10:31:00Z")
    assert (world.service.calls, only_letter(world.context).due_at) == (0, "2026-11-24T13:30:00.000Z")
    at(world, "2026-11-24T14:00:00Z")
    assert only_letter(world.context).state is LetterState.SENT


def test_a_letter_that_leaves_after_midnight_spends_the_budget_of_its_slots_day(world: World) -> None:
    world.context = with_figures(world.context, Slots, hours=[time(23, 30)])
    write(world)
    world.run()
    at(world, "2026-11-24T21:10:00Z")
    assert only_letter(world.context).state is LetterState.SENT
    budget = world.context.table.get(contacts_keys.person("mbr_1"))
    assert budget and budget["email_advertising"] == "2026-11-24"


def test_a_message_that_comes_before_the_slot_sends_nothing(world: World) -> None:
    write(world)
    world.run()
    for _ in range(2):
        jobs.send_letters(world.context, message({"letter_id": "ltr_1"}))
    assert (world.service.calls, world.queue) == (0, [])


@pytest.mark.parametrize("rounds", [crashes, lost_replies])
def test_whatever_ends_a_worker_the_letter_leaves_once_or_is_given_up(
    context: Context, monkeypatch: pytest.MonkeyPatch, rounds: Callable[[], object]
) -> None:
    given_up = 0
    for trouble in rounds():  # type: ignore[attr-defined]
        table = Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None)
        world = World(replace(context, table=table), MailService())
        install(monkeypatch, world, watched)
        write(world)
        with trouble:
            world.run()
            at(world, SLOT)
        with uncounted():
            world.run()
            for minutes in (45, 55):
                at(world, SLOT.replace("09:30", f"09:{minutes}"))
        end = mail_store.read(world.context.table, "ltr_1")
        assert end
        assert (end.state is LetterState.SENT) == (len(world.service.accepted) == 1), trouble
        assert len(world.service.accepted) <= 1, trouble
        assert end.state is LetterState.SENT or (end.state, end.reason) == (LetterState.UNKNOWN, "no_answer"), trouble
        given_up += end.state is LetterState.UNKNOWN
    assert given_up <= 3
