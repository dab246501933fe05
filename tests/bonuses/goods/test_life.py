"""The process dies, replies get lost, many choose at once, days pass: goods are owed, chosen and shipped once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.bonuses.goods.rules import ChoiceState
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.bonuses.accruals.steps import memory_work
from tests.bonuses.goods.steps import Shelf, balances, buy, choices, entitlements, events, holds, night
from tests.conftest import NOON
from tests.support.api import Answer, Api
from tests.support.crashes import crashes, lost_replies, races
from tests.support.parallel import at_once
from tests.support.table import everything, restore

CALLERS = 32
KEY = "the-one-request"


def made(context: Context, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> Shelf:
    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    from app import app

    return Shelf(Api(app), context, monkeypatch, **changed)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """On a table in memory, where a round of a sweep costs little."""
    return made(memory_work(), monkeypatch)


# --- interrupted ------------------------------------------------------------------------------------------------------


def _shipped(shelf: Shelf) -> str:
    return str(choices(shelf.context)[0].shipments[0].shipment_id)


ChoiceStep = Callable[[Shelf, str, str], Answer]

STEPS: dict[str, ChoiceStep] = {
    "choose": lambda shelf, owed, _: shelf.choose(owed, {"LMP-1": 3, "LMP-2": 6}, key=KEY),
    "cancel": lambda shelf, owed, choice: shelf.cancel(owed, choice, key=KEY),
    "ship a part": lambda shelf, owed, choice: shelf.ship(owed, choice, {"LMP-1": 4}, document="УТ-9", key=KEY),
    "ship the rest": lambda shelf, owed, choice: shelf.ship(owed, choice, document="УТ-9", key=KEY),
    "give back": lambda shelf, owed, choice: shelf.give_back(owed, choice, key=KEY),
    "take a shipment back": lambda shelf, owed, choice: shelf.unship(owed, choice, _shipped(shelf), key=KEY),
    "reverse": lambda shelf, owed, _: shelf.reverse(owed, "50.00", key=KEY),
}


class Stage:
    """A shelf that can be put back to its beginning, and whose new ids are the same at each attempt."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.owed = shelf.earned().entitlement_id
        self.choice = shelf.chosen(self.owed, {"LMP-1": 10})
        self._beginning = everything(shelf.context)

    def begin(self, step: str) -> None:
        if step == "take a shipment back":
            self.shelf.ship(self.owed, self.choice, {"LMP-1": 4})
        self._beginning = everything(self.shelf.context)

    def back(self) -> None:
        restore(self.shelf.context, self._beginning)

    def attempt(self, step: str) -> Answer:
        numbers = count(1)
        context = self.shelf.context
        self.shelf.context = replace(context, new_id=lambda prefix: f"{prefix}_again{next(numbers)}")
        self.shelf.later()
        try:
            return STEPS[step](self.shelf, self.owed, self.choice)
        finally:
            self.shelf.context = context


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_step_is_finished_by_its_repeat_and_done_once(shelf: Shelf, step: str) -> None:
    stage = Stage(shelf)
    stage.begin(step)
    undisturbed = stage.attempt(step)
    assert undisturbed.status in (200, 201), undisturbed.text
    wanted = everything(shelf.context)
    rounds = 0
    for interruption in chain(crashes(), lost_replies()):
        stage.back()
        with interruption:
            stage.attempt(step)
        again = stage.attempt(step)
        assert (again.status, again.json) == (undisturbed.status, undisturbed.json), interruption
        assert everything(shelf.context) == wanted, interruption
        rounds += 1
    assert rounds > 8
    holds(shelf.context)


@pytest.mark.parametrize("step", STEPS)
def test_a_twin_of_the_request_gets_the_same_answer(shelf: Shelf, step: str) -> None:
    stage = Stage(shelf)
    stage.begin(step)
    heard: list[Answer] = []
    for race in races(lambda: heard.append(stage.attempt(step))):
        stage.back()
        heard.clear()
        with race:
            answer = stage.attempt(step)
        for twin in heard:
            assert (answer.status, answer.json) == (twin.status, twin.json), race
            assert answer.headers["idempotency-replayed"] == "true"
        holds(shelf.context)


OTHERS: dict[str, ChoiceStep] = {
    **{name: step for name, step in STEPS.items() if name != "take a shipment back"},
    "the night": lambda shelf, _, __: night(shelf.context),  # type: ignore[dict-item, return-value]
}


@pytest.mark.parametrize("mine", ["choose", "cancel", "ship a part", "give back", "reverse"])
@pytest.mark.parametrize("others", OTHERS)
def test_whoever_comes_between_the_sums_hold(shelf: Shelf, mine: str, others: str) -> None:
    stage = Stage(shelf)
    stage.begin(mine)

    def other() -> None:
        keyed = OTHERS[others]
        original, shelf.post = shelf.post, lambda *args, **more: original(*args, **{**more, "key": "another"})  # type: ignore[method-assign]
        try:
            keyed(shelf, stage.owed, stage.choice)
        finally:
            shelf.post = original  # type: ignore[method-assign]

    for race in races(other):
        stage.back()
        with race:
            answer = STEPS[mine](shelf, stage.owed, stage.choice)
        assert answer.status in (200, 201, 409, 422), (race, answer.text)
        holds(shelf.context)


@pytest.mark.parametrize("days", [75, 90, 400])
def test_an_interrupted_night_is_finished_by_its_repeat(shelf: Shelf, days: int) -> None:
    """After so many days a warning is due, then the expiry, then both were missed."""
    shelf.earned()
    before = everything(shelf.context)
    context = shelf.later(days=days)

    def outcome() -> Any:
        facts = sorted((event["event"], event["amount"]) for event in events(context))
        return (
            facts,
            entitlements(context),
            balances(context),
            [item["owed"] for item in everything(context).values() if "owed" in item],
        )

    night(context)
    wanted = outcome()
    for interruption in chain(crashes(), races(lambda: night(context))):
        restore(context, before)
        with interruption:
            night(context)
        night(context)
        assert outcome() == wanted, interruption
        holds(context)


@pytest.mark.parametrize("step", ["hand over", "take back"])
def test_a_gift_is_given_and_comes_back_once_whatever_is_interrupted(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    shelf = made(memory_work(), monkeypatch, pays="gift")
    gift = shelf.earned().entitlement_id
    act, event = shelf.hand_over, "gift.handed_over"
    if step == "take back":
        shelf.hand_over(gift)
        act, event = shelf.take_gift_back, "gift.returned"
    before = everything(shelf.context)
    undisturbed = act(gift, key=KEY)
    assert undisturbed.status == 200
    for interruption in chain(crashes(), lost_replies(), races(lambda: act(gift, key=KEY) and None)):
        restore(shelf.context, before)
        with interruption:
            act(gift, key=KEY)
        assert act(gift, key=KEY).json == undisturbed.json, interruption
        assert len(events(shelf.context, event)) == 1, interruption
        holds(shelf.context)


# --- many at once -----------------------------------------------------------------------------------------------------


@pytest.fixture
def local_shelf(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return made(Context(table=local_table, now=NOON), monkeypatch)


@pytest.mark.usefixtures("a_request_per_thread")
def test_of_many_choices_at_once_exactly_what_is_left_is_reserved(local_shelf: Shelf) -> None:
    owed = local_shelf.earned("1300").entitlement_id  # 130.00: ten lamps of 12.00, and 10.00 that buy none
    answers = at_once(CALLERS, lambda number: local_shelf.choose(owed, {"LMP-1": 1}, key=f"choice-{number}"))
    assert [answer.status for answer in answers].count(201) == 10
    assert {(answer.status, answer.json["code"]) for answer in answers if answer.status != 201} == {(422, "above_left")}
    (found,) = entitlements(local_shelf.context)
    assert (found.reserved, found.left) == (120, 10)
    assert len(choices(local_shelf.context)) == 10
    holds(local_shelf.context)


@pytest.mark.usefixtures("a_request_per_thread")
def test_shipments_told_at_once_add_up_and_never_exceed_what_was_chosen(local_shelf: Shelf) -> None:
    owed = local_shelf.earned("1200").entitlement_id
    choice = local_shelf.chosen(owed, {"LMP-1": 10})
    answers = at_once(
        CALLERS,
        lambda number: local_shelf.ship(owed, choice, {"LMP-1": 1}, document=f"УТ-{number}", key=f"part-{number}"),
    )
    assert [answer.status for answer in answers].count(200) == 10
    assert balances(local_shelf.context).redeemed == 120
    holds(local_shelf.context)


# --- whatever anybody does --------------------------------------------------------------------------------------------


def test_whatever_happens_what_is_owed_is_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    run_state_machine_as_test(
        lambda: GoodsLife(monkeypatch),
        settings=settings(
            max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


times = st.integers(1, 2)
picks = st.integers(0, 2)
numbers = count(1)


class GoodsLife(RuleBasedStateMachine):
    """A company buys, periods close, goods are chosen and shipped, each request sent once or twice, and days pass."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.shelf = made(memory_work(), monkeypatch)
        self.shelf.earned("4000")
        self.bought = Decimal(4000)

    def send(self, times: int, act: Callable[..., Answer], *args: Any, **more: Any) -> Answer:
        key = f"step-{next(numbers)}"
        answers = [act(*args, key=key, **more) for _ in range(times)]
        assert len({answer.status for answer in answers}) == 1
        if answers[0].status in (200, 201):
            assert all(answer.json == answers[0].json for answer in answers)
        else:
            assert answers[0].status in (409, 422), answers[0].text
        return answers[0]

    def owed(self, pick: int) -> Iterator[str]:
        """One of the entitlements, if there are any."""
        found = entitlements(self.shelf.context)
        if found:
            yield found[pick % len(found)].entitlement_id

    def picked(self, pick: int) -> Iterator[tuple[str, str]]:
        found = choices(self.shelf.context)
        if found:
            choice = found[pick % len(found)]
            yield choice.entitlement_id, choice.choice_id

    @rule(ago=st.integers(0, 200), amount=st.sampled_from([-700, 90, 1500, 6000]))
    def buys(self, ago: int, amount: int) -> None:
        day = max(self.shelf.context.today - timedelta(days=ago), date(2026, 1, 1))
        buy(self.shelf.context, day, amount)
        self.bought += amount

    @rule(days=st.integers(1, 30), times=times)
    def days_pass(self, days: int, times: int) -> None:
        self.shelf.later(days=days)
        for _ in range(times):
            night(self.shelf.context)

    @rule(pick=picks, lamps=st.integers(1, 9), packs=st.integers(0, 2), times=times)
    def chooses(self, pick: int, lamps: int, packs: int, times: int) -> None:
        lines = {"LMP-1": lamps, **({"LMP-2": 6 * packs} if packs else {})}
        for owed in self.owed(pick):
            self.send(times, self.shelf.choose, owed, lines)

    @rule(pick=picks, times=times)
    def cancels(self, pick: int, times: int) -> None:
        for owed, choice in self.picked(pick):
            self.send(times, self.shelf.cancel, owed, choice)

    @rule(pick=picks, lamps=st.integers(1, 6) | st.none(), times=times)
    def is_shipped(self, pick: int, lamps: int | None, times: int) -> None:
        lines = {"LMP-1": lamps} if lamps else None
        for owed, choice in self.picked(pick):
            self.send(times, self.shelf.ship, owed, choice, lines, document=f"УТ-{next(numbers)}")

    @rule(pick=picks, times=times)
    def is_given_back(self, pick: int, times: int) -> None:
        for owed, choice in self.picked(pick):
            self.send(times, self.shelf.give_back, owed, choice)

    @rule(pick=picks, times=times)
    def shipment_is_taken_back(self, pick: int, times: int) -> None:
        told = [(choice, shipment) for choice in choices(self.shelf.context) for shipment in choice.shipments]
        for choice, shipment in told[pick : pick + 1]:
            self.send(times, self.shelf.unship, choice.entitlement_id, choice.choice_id, shipment.shipment_id)

    @rule(pick=picks, amount=st.sampled_from(["0.01", "7.00", "90.00", None]), times=times)
    def is_reversed(self, pick: int, amount: str | None, times: int) -> None:
        for owed in self.owed(pick):
            self.send(times, self.shelf.reverse, owed, amount)

    @invariant()
    def the_sums_hold(self) -> None:
        holds(self.shelf.context)

    @invariant()
    def what_waits_for_the_staff_is_what_is_not_shipped(self) -> None:
        waiting = {ChoiceState.RESERVED, ChoiceState.PARTLY_SHIPPED}
        wanted = {choice.choice_id for choice in choices(self.shelf.context) if choice.state in waiting}
        listed = self.shelf.context.table.query_all("GOODS", index="gsi2")
        assert {item["choice_id"] for item in listed} == wanted

    def teardown(self) -> None:
        """In the end all that was bought was counted, and nothing is owed that was not chosen."""
        for _ in range(3):
            self.shelf.later(days=200)
            night(self.shelf.context)
        holds(self.shelf.context)
        periods = [item for item in everything(self.shelf.context).values() if item["sk"].startswith("PERIOD#")]
        assert sum(item["purchases"] + item["adjustments"] for item in periods) == self.bought
        assert all(not found.left for found in entitlements(self.shelf.context))
