"""Nobody gets a letter twice, and none is lost silently: under crashes, lost replies, duplicates, reorder and races.

The guarantee, as `chalicelib.mail` words it: the mail service accepts a letter once at most, unless it accepted, its answer was lost
and no report came within the settle time; then a service letter may go twice, an advertising letter does not.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.auth import keys as auth_keys
from chalicelib.auth.codes import code_hash
from chalicelib.mail import consumers as mail_consumers
from chalicelib.mail import jobs
from chalicelib.mail import keys as mail_keys
from chalicelib.mail import store as mail_store
from chalicelib.mail.config import Letters
from chalicelib.mail.model import LetterClass, LetterState, Recipient
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from tests.mail.steps import (
    FATES,
    MailService,
    World,
    all_letters,
    email_confirmed,
    install,
    letter,
    listed,
    member,
    message,
    only_letter,
    report,
    sign_in_requested,
)
from tests.support.crashes import Died, Interruption, crashes, empty_account, lost_replies, races, watched
from tests.support.memory import MemoryDynamo

AGREED = {"advertising": {"agreed": True, "version": "1", "at": "2026-11-20T09:00:00.000Z", "source": "cabinet"}}

Begin = Callable[[], World]


@pytest.fixture(params=["moto", "memory"])
def begin(request: pytest.FixtureRequest, context: Context, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """A beginning, the same each time: a welcome and a sign-in code are due. In a table of moto, or of a dictionary, which is a
    hundred times faster."""

    def fresh() -> World:
        begun = context if request.param == "moto" else in_memory(context)
        if request.param == "moto":
            empty_account()
        world = World(begun, MailService())
        install(monkeypatch, world, watched)
        member(begun)
        world.happens(email_confirmed())
        world.happens(sign_in_requested(begun, code_expires_at=begun.expiry(days=1)))
        aws.secret()
        return world

    return fresh


def in_memory(context: Context) -> Context:
    return replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))


only_memory = pytest.mark.parametrize("begin", ["memory"], indirect=True)


def outcome(world: World) -> dict[str, tuple[LetterState, bool, int]]:
    """By template: state, whether it was delivered, and how often it went out."""
    out = Counter(mail["EmailTags"][0]["Value"] for mail in world.service.accepted)
    return {
        each.template: (each.state, bool(each.delivered_at), out[each.letter_id]) for each in all_letters(world.context)
    }


UNDISTURBED = {"welcome": (LetterState.SENT, True, 1), "sign_in_code": (LetterState.SENT, True, 1)}


def the_code_works(world: World) -> bool:
    text = next(
        mail["Content"]["Simple"]["Body"]["Text"]["Data"]
        for mail in reversed(world.service.accepted)
        if "Код" in mail["Content"]["Simple"]["Subject"]["Data"]
    )
    code = next(word for word in text.split() if word.isdecimal() and len(word) == 6)
    kept = world.context.table.get(auth_keys.sign_in("sin_1"))
    return kept is not None and kept["code_hash"] == code_hash(aws.secret(), "sin_1", code)


# --- every call, one after another ------------------------------------------------------------------------------------


def test_a_crash_at_any_call_ends_as_if_there_had_been_none(begin: Begin) -> None:
    """From the stream to the reports: each of the workers dies at each of its calls, and another one goes on."""
    rounds = 0
    for crash in crashes():
        world = begin()
        with crash:
            world.run()
        world.run()
        assert outcome(world) == UNDISTURBED, crash
        assert the_code_works(world), crash
        assert listed(world.context) == [], crash
        rounds += 1
    assert rounds > 40  # two letters, each read, composed, claimed, sent, noted, and reported twice


@only_memory
def test_two_faults_in_a_row_end_with_one_copy_or_with_somebody_who_knows(begin: Begin) -> None:
    """No answer to the first attempt, and a crash around the second: there is no third one."""
    for crash in crashes():
        world = begin()
        world.service.fates = ["not accepted, no reply", "not accepted, no reply"]
        with crash:
            world.run()
        world.run()
        found = outcome(world).values()
        assert {(state, copies) for state, _, copies in found} <= {(LetterState.SENT, 1), (LetterState.UNKNOWN, 0)}, (
            crash
        )
        assert len(listed(world.context)) == sum(state is LetterState.UNKNOWN for state, _, _ in found), crash


@only_memory
def test_a_lost_reply_at_any_call_ends_as_if_it_had_come(begin: Begin) -> None:
    for lost in lost_replies():
        world = begin()
        with lost:
            world.run()
        world.run()
        assert outcome(world) == UNDISTURBED, lost
        assert the_code_works(world), lost


@only_memory
def test_a_lost_reply_to_the_claim_costs_no_second_attempt(begin: Begin) -> None:
    claims = 0
    for lost in lost_replies():
        world = begin()
        with lost:
            world.run()
        world.run()
        if "(dynamodb.transact_write_items)" in str(lost):
            claims += 1
            assert {each.attempts for each in all_letters(world.context)} == {1}, lost
    assert claims == 2


@only_memory
def test_a_crash_without_any_report_sends_at_most_twice_and_tells(begin: Begin) -> None:
    for crash in crashes():
        world = begin()
        world.reporting = False
        with crash:
            world.run()
        world.run()
        for state, _, copies in outcome(world).values():
            assert (state, copies) in ((LetterState.SENT, 1), (LetterState.SENT, 2)), crash


@only_memory
def test_another_worker_at_any_call_sends_no_second_copy(begin: Begin) -> None:
    """The queue delivered the message twice: the second worker does all of its work in between two calls of the first."""
    worlds: list[World] = []

    def the_other() -> None:
        for waiting in list(worlds[-1].queue):
            worlds[-1].work(waiting)

    for race in races(the_other):
        world = begin()
        worlds.append(world)
        with race:
            world.run()
        world.run()
        assert outcome(world) == UNDISTURBED, race


@only_memory
def test_reports_at_any_call_of_the_worker_are_not_overwritten(begin: Begin) -> None:
    """The mail service may report before the worker has noted its answer."""
    worlds: list[World] = []
    complained: set[str] = set()

    def reports() -> None:
        world = worlds[-1]
        for mail in world.service.accepted:
            complained.add(mail["EmailTags"][0]["Value"])
            for kind in ("Send", "Delivery", "Complaint"):
                jobs.settle_letters(world.context, message(report(kind, mail, world.context.now)))

    for race in races(reports):
        world = begin()
        worlds.append(world)
        complained.clear()
        with race:
            world.run()
        assert outcome(world) == UNDISTURBED, race
        assert {each.letter_id for each in all_letters(world.context) if each.complained_at} == complained, race


# --- anything, in any order -------------------------------------------------------------------------------------------


class LettersUnderFire(RuleBasedStateMachine):
    """A service letter and an advertising letter; everything around them happens in any order, often, late, or in half.

    Written once and for all: how often the mail service may accept each letter, and that each ends somewhere visible.
    """

    begun: Context

    def __init__(self) -> None:
        super().__init__()
        self.context = in_memory(self.begun)
        self.world = World(self.context, MailService())
        self.patch = pytest.MonkeyPatch()
        install(self.patch, self.world, watched)
        self.accepted: dict[str, list[datetime]] = {}
        self.settled: dict[str, datetime] = {}  # when the first report of the letter was taken in

    def teardown(self) -> None:
        self.finish()
        self.patch.undo()

    @initialize()
    def two_letters_are_due(self) -> None:
        self.members = {LetterClass.SERVICE: "mbr_s", LetterClass.ADVERTISING: "mbr_a"}
        for letter_class, member_id in self.members.items():
            member(self.context, member_id, consents=AGREED)
            cause = email_confirmed(member_id)
            self.context.table.put(cause)
            made = letter(
                self.context,
                letter_id=f"ltr_{member_id}",
                letter_class=letter_class,
                recipient=Recipient("member", member_id),
                cause=Key(cause["pk"], cause["sk"]),
            )
            mail_store.create(self.context.table, made)
            self.world.send_message(
                QueueUrl="https://sqs/letters", MessageBody=f'{{"letter_id": "ltr_{member_id}"}}', DelaySeconds=0
            )

    @rule(fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=3))
    def the_mail_service_has_its_day(self, fates: list[Any]) -> None:
        self.world.service.fates = list(fates)

    @rule(chosen=st.integers(0, 9), at=st.integers(0, 9), side=st.sampled_from(["before", "after"]))
    def a_worker_takes_a_message_and_may_die(self, chosen: int, at: int, side: Any) -> None:
        assume(self.world.queue)
        waiting = self.world.queue[chosen % len(self.world.queue)]

        def die() -> None:
            raise Died

        with Interruption(at, side, die):
            self.world.deliver(waiting)
        self.look()

    @rule(chosen=st.integers(0, 9), at=st.integers(1, 9))
    def two_workers_take_the_same_message(self, chosen: int, at: int) -> None:
        """The one that is done takes the message away from both."""
        assume(self.world.queue)
        waiting = self.world.queue[chosen % len(self.world.queue)]
        done: list[bool] = []

        def the_other() -> None:
            try:
                self.world.work(waiting)
            except Exception:
                return
            done.append(True)

        with Interruption(at, "before", the_other):
            self.world.deliver(waiting)
        if done and waiting in self.world.queue:
            self.world.queue.remove(waiting)
        self.look()

    @rule(
        chosen=st.integers(0, 9), again=st.booleans(), at=st.integers(0, 4), side=st.sampled_from(["before", "after"])
    )
    def a_report_comes_in_any_order_and_perhaps_again(self, chosen: int, again: bool, at: int, side: Any) -> None:
        assume(self.world.reports)
        told = self.world.reports[chosen % len(self.world.reports)]

        def die() -> None:
            raise Died

        with Interruption(at, side, die) as crash:
            jobs.settle_letters(self.world.context, message(told))
        if not crash.happened:
            self.settled.setdefault(told["mail"]["tags"]["letter_id"][0], self.world.context.now)
            if not again:
                self.world.reports.remove(told)

    @rule(reporting=st.booleans())
    def reports_get_lost_or_come_again(self, reporting: bool) -> None:
        self.world.reporting = reporting
        if not reporting:
            self.world.reports.clear()

    @rule(seconds=st.sampled_from([1, 30, 60, 120, 900, 1800]))
    def time_passes(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    def look(self) -> None:
        """Notes when the mail service accepted what."""
        out = Counter(mail["EmailTags"][0]["Value"] for mail in self.world.service.accepted)
        for letter_id, copies in out.items():
            times = self.accepted.setdefault(letter_id, [])
            times += [self.world.context.now] * (copies - len(times))

    @invariant()
    def no_copy_too_many(self) -> None:
        for letter_id, times in self.accepted.items():
            most = 1 if letter_id.startswith("ltr_mbr_a") else 2
            assert len(times) <= most, letter_id
            if len(times) == 2:
                first, second = times
                assert second - first >= timedelta(minutes=self.context.config[Letters].settle_minutes)
                assert not self.settled.get(letter_id, second) < second, "it was known to be out"

    def finish(self) -> None:
        """All faults end; what still waits is done. Then each letter is where somebody finds it."""
        if not hasattr(self, "members"):
            return
        self.world.service.fates = []
        self.world.run()
        self.look()
        self.no_copy_too_many()
        visible = set(listed(self.context))
        for member_id in self.members.values():
            letter_id = f"ltr_{member_id}"
            item = self.context.table.get(mail_keys.letter(letter_id), consistent=True)
            assert item is not None
            state, copies = LetterState(item["state"]), len(self.accepted.get(letter_id, []))
            assert state not in (LetterState.PENDING, LetterState.SENDING)
            if state in (LetterState.UNKNOWN, LetterState.REJECTED):
                assert item["reason"]
                assert letter_id in visible
            if state is LetterState.SENT:
                assert copies >= 1, "called sent, and nobody has it"
            if letter_id in self.settled:
                assert state is LetterState.SENT


def test_whatever_happens_no_letter_goes_out_too_often_or_vanishes(context: Context) -> None:
    LettersUnderFire.begun = context
    run_state_machine_as_test(
        LettersUnderFire,
        settings=settings(
            max_examples=200,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


@only_memory
def test_the_letter_is_the_same_after_a_lost_reply_to_its_writing(begin: Begin) -> None:
    world = begin()
    event = world.stream[0]
    for lost in lost_replies():
        with lost:
            mail_consumers.on_event(world.context, event)
        mail_consumers.on_event(world.context, event)
        assert only_letter(world.context).state is LetterState.PENDING
