"""The process dies, replies get lost, others come between: what the repeated request makes of it is one effect, whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.orders.order.rules import STEPS, OrderState
from chalicelib.orders.order.store import order_of
from chalicelib.platform.http import respond
from chalicelib.table.transactions import Item
from tests.orders.steps import Market
from tests.support.api import Answer
from tests.support.crashes import crashes, lost_replies, races

KEY = "the-one-request"

STEP_OF: dict[str, Callable[[Market, str], Answer]] = {
    "place": lambda market, order_id: market.place({"LMP-1": 10, "LMP-2": 12}, key=KEY),
    "accept": lambda market, order_id: market.accept(order_id, {"LMP-1": 4}, key=KEY),
    "reject": lambda market, order_id: market.reject(order_id, key=KEY),
    "cancel": lambda market, order_id: market.cancel(order_id, key=KEY),
    "ship a part": lambda market, order_id: market.ship(order_id, {"LMP-1": 4}, key=KEY),
    "ship the rest": lambda market, order_id: market.ship(order_id, key=KEY),
}


class Stage:
    """A market that can be put back to its beginning, and whose new ids are the same at each attempt."""

    def __init__(self, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
        self.market = market
        self._monkeypatch = monkeypatch
        self._beginning: list[Item] = []

    def begin(self, state: OrderState) -> str:
        """An order in this state, remembered as the beginning."""
        order_id = self.market.placed({"LMP-1": 10, "LMP-2": 12})
        if state == OrderState.ACCEPTED:
            self.market.accept(order_id)
        self._beginning = self.market.everything()
        return order_id

    def back(self) -> None:
        table, beginning = self.market.context.table, {(item["pk"], item["sk"]): item for item in self._beginning}
        now = {(item["pk"], item["sk"]): item for item in self.market.everything()}
        for pk, sk in now.keys() - beginning.keys():
            table.client.delete_item(TableName=table.name, Key={"pk": {"S": pk}, "sk": {"S": sk}})
        for address, item in beginning.items():
            if now.get(address) != item:
                table.put(item)

    def attempt(self, step: str, order_id: str) -> Answer:
        numbers = count(1)
        context = replace(self.market.context, new_id=lambda prefix: f"{prefix}_again{next(numbers)}")
        self._monkeypatch.setattr(respond, "context_now", lambda: context)
        return STEP_OF[step](self.market, order_id)


@pytest.fixture
def stage(local_market: Market, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(local_market, monkeypatch)


@pytest.mark.parametrize("step", STEP_OF)
def test_an_interrupted_step_is_finished_by_its_repeat_and_done_once(stage: Stage, step: str):
    order_id = stage.begin(OrderState.ACCEPTED if step.startswith("ship") else OrderState.PLACED)
    undisturbed = stage.attempt(step, order_id)
    assert undisturbed.status in (200, 201)
    wanted = stage.market.everything()

    for interruption in chain(crashes(), lost_replies()):
        stage.back()
        with interruption:
            stage.attempt(step, order_id)
        again = stage.attempt(step, order_id)
        assert (again.status, again.json) == (undisturbed.status, undisturbed.json), interruption
        assert stage.market.everything() == wanted, interruption


def outcomes(
    stage: Stage, mine: str, other: Callable[[str], Answer], state: OrderState
) -> Iterator[tuple[Answer, Answer]]:
    """My step and another one that comes before each of its calls in turn."""
    order_id = stage.begin(state)
    heard: list[Answer] = []
    for race in races(lambda: heard.append(other(order_id))):
        stage.back()
        heard.clear()
        with race:
            answer = stage.attempt(mine, order_id)
        if heard:
            yield answer, heard[0]


@pytest.mark.parametrize("mine", ["accept", "reject"])
def test_when_the_partner_cancels_meanwhile_the_distributor_is_told_so(stage: Stage, mine: str):
    for answer, cancelled in outcomes(stage, mine, lambda order_id: stage.market.cancel(order_id), OrderState.PLACED):
        assert cancelled.status == 200
        assert (answer.status, answer.json["state"]) == (409, "cancelled")
        assert stage.market.order(cancelled.json["order_id"])["state"] == "cancelled"


@pytest.mark.parametrize("step", ["place", "accept", "reject", "cancel", "ship a part", "ship the rest"])
def test_a_twin_of_the_request_gets_the_same_answer(stage: Stage, step: str):
    state = OrderState.ACCEPTED if step.startswith("ship") else OrderState.PLACED
    for answer, twin in outcomes(stage, step, lambda order_id: STEP_OF[step](stage.market, order_id), state):
        assert (answer.status, answer.json) == (twin.status, twin.json)
        assert answer.headers["idempotency-replayed"] == "true"


def test_a_part_shipped_meanwhile_counts(stage: Stage):
    other = lambda order_id: stage.market.ship(order_id, {"LMP-1": 7}, document="УТ-2")  # noqa: E731
    for answer, shipped in outcomes(stage, "ship a part", other, OrderState.ACCEPTED):
        assert shipped.status == 200
        assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [
            ("/lines/0/quantity", "above_left")
        ]


def test_whatever_all_do_no_order_is_lost_none_is_there_twice_and_no_more_is_shipped_than_agreed(local_market: Market):
    run_state_machine_as_test(
        lambda: Trade(local_market),
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


carts = st.integers(min_value=1, max_value=4)


class Trade(RuleBasedStateMachine):
    """Company and distributor at several orders, each request sent once or twice under its key."""

    def __init__(self, market: Market) -> None:
        super().__init__()
        self.market = market
        self.run = next(_runs)
        self.placed: dict[int, str] = {}  # cart → order
        self.states: dict[str, str] = {}
        self.shipped: dict[str, int] = {}
        self.told = len(market.events())

    def send(self, act: Callable[[str], Answer], key: str, times: int) -> Answer:
        answers = [act(f"{self.run}-{key}") for _ in range(times)]
        assert len({answer.status for answer in answers}) == 1
        if answers[0].status in (200, 201):
            assert all(answer.json == answers[0].json for answer in answers)
        return answers[0]

    @rule(cart=carts, times=st.integers(1, 2))
    def place(self, cart: int, times: int) -> None:
        answer = self.send(lambda key: self.market.place({"LMP-1": cart * 3}, key=key), f"cart-{cart}", times)
        assert answer.status == 201
        order_id = answer.json["order_id"]
        assert self.placed.setdefault(cart, order_id) == order_id
        if order_id not in self.states:
            self.states[order_id], self.shipped[order_id] = "placed", 0
            self.told += 1

    @rule(cart=carts, step=st.sampled_from(["cancel", "accept", "reject"]), times=st.integers(1, 2))
    def answer(self, cart: int, step: str, times: int) -> None:
        if order_id := self.placed.get(cart):
            act: Callable[..., Answer] = getattr(self.market, step)
            key = f"{step}-{cart}-{self.told}"
            self.judge(order_id, step, self.send(lambda key: act(order_id, key=key), key, times))

    @rule(cart=carts, quantity=st.integers(1, 5) | st.none(), times=st.integers(1, 2))
    def ship(self, cart: int, quantity: int | None, times: int) -> None:
        if order_id := self.placed.get(cart):
            lines = {"LMP-1": quantity} if quantity else None
            key = f"ship-{cart}-{self.told}-{quantity}"
            answer = self.send(lambda key: self.market.ship(order_id, lines, document=key, key=key), key, times)
            if answer.status == 422:
                assert quantity
                assert self.shipped[order_id] + quantity > cart * 3
                return
            if self.judge(order_id, "ship", answer):
                self.shipped[order_id] += quantity or cart * 3 - self.shipped[order_id]

    def judge(self, order_id: str, step: str, answer: Answer) -> bool:
        allowed = self.states[order_id] in STEPS[step]
        assert answer.status == (200 if allowed else 409)
        if allowed:
            self.states[order_id] = answer.json["state"]
            self.told += 1
        return allowed

    @invariant()
    def every_order_is_there_once_in_its_state_with_what_was_shipped(self) -> None:
        found = {
            item["order_id"]: (item["state"], sum(line.shipped for line in order_of(item).lines))
            for item in self.market.context.table.query_all("COMPANY#cmp_1", starts="ORDER#")
        }
        mine = {order_id: found.get(order_id) for order_id in self.states}
        assert mine == {order_id: (state, self.shipped[order_id]) for order_id, state in self.states.items()}
        assert len(self.market.events()) == self.told

    def teardown(self) -> None:
        listed = self.market.api.call("GET", "/v1/orders?limit=100", self.market.buyer).json["items"]
        assert set(self.states) <= {order["order_id"] for order in listed}
        assert len(listed) == len({order["order_id"] for order in listed})


_runs = count(1)
