"""The clock of an order: who is told when of what a distributor does not answer, each once, whatever happens meanwhile."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import chain, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.orders.order.model import Cancellation
from chalicelib.orders.order.rules import Order, OrderStep
from chalicelib.orders.response_times import consumers as response_times_consumers
from chalicelib.orders.response_times import events as response_times_events
from chalicelib.orders.response_times import jobs
from chalicelib.orders.response_times import service as response_times
from chalicelib.orders.response_times import store as response_times_store
from chalicelib.platform.delivery.subscriptions import NamedConsumer, subscriptions
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item
from tests.conftest import NOON
from tests.orders.desk import Desk
from tests.orders.steps import Market
from tests.support.api import Caller
from tests.support.crashes import crashes, lost_replies, races
from tests.support.partners import staff

HEAD = Caller.person("mbr_head", "staff", "head_of_sales", "club")
MONDAY, TUESDAY, WEDNESDAY = NOON + timedelta(days=3), NOON + timedelta(days=4), NOON + timedelta(days=5)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_after_a_working_day_the_distributor_is_told_after_two_the_head_of_sales_and_each_once(desk: Desk) -> None:
    desk.place()  # at noon of a Friday
    desk.deliver()
    for moment in (NOON, MONDAY - timedelta(minutes=1)):
        assert jobs.remind_distributors(desk.at(moment), {}) == {"due": 0, "failed": 0}
    assert jobs.remind_distributors(desk.at(MONDAY), {}) == {"due": 1, "failed": 0}
    for quarters in range(1, 96):
        jobs.remind_distributors(desk.at(MONDAY + timedelta(minutes=15 * quarters)), {})
        desk.deliver()
    assert desk.told() == [(response_times_events.UNANSWERED, "2026-11-23T09:00:00.000Z")]
    jobs.remind_distributors(desk.at(TUESDAY), {})
    for later in range(1, 5):
        assert jobs.remind_distributors(desk.at(TUESDAY + timedelta(days=later)), {}) == {"due": 0, "failed": 0}
    assert desk.told() == [
        (response_times_events.UNANSWERED, "2026-11-23T09:00:00.000Z"),
        (response_times_events.ESCALATED, "2026-11-24T09:00:00.000Z"),
    ]


def test_a_clock_that_stood_still_tells_all_that_it_missed_at_once(desk: Desk) -> None:
    desk.place()
    desk.deliver()
    jobs.remind_distributors(desk.at(WEDNESDAY), {})
    assert {name for name, _ in desk.told()} == {response_times_events.UNANSWERED, response_times_events.ESCALATED}


def test_an_answer_ends_the_wait_whether_or_not_its_event_has_come(desk: Desk) -> None:
    placed = desk.place()
    desk.deliver()
    desk.accept(placed)
    jobs.remind_distributors(desk.at(MONDAY), {})  # the stream is late: nobody has told of the answer yet
    assert desk.told() == []
    assert desk.waiting() is None
    desk.deliver()
    assert desk.waiting() is None


def test_a_request_to_cancel_waits_by_a_clock_of_its_own(desk: Desk) -> None:
    accepted = desk.accept(desk.place())
    desk.deliver()
    desk.at(MONDAY)
    asked = accepted._replace(cancellation=Cancellation(desk.context.at, "Not needed"), version=accepted.version + 1)
    desk.step(asked, "order.cancellation_requested")
    desk.deliver()
    jobs.remind_distributors(desk.at(TUESDAY), {})
    (event,) = desk.events(response_times_events.UNANSWERED)
    assert event.item["waits"] == [{"since": "2026-11-23T09:00:00.000Z", "kind": "cancellation", "ref": ""}]
    assert response_times.still_open(asked, event.item["waits"])
    assert not response_times.still_open(asked._replace(cancellation=None), event.item["waits"])


def test_events_in_any_order_and_as_often_as_one_likes_leave_the_same(desk: Desk) -> None:
    placed = desk.place()
    desk.place("ord_2")
    desk.accept(placed)
    events = desk.events()
    for order in permutations([*events, events[0]]):
        for event in order:
            response_times_consumers.on_order_changed(desk.context, event)
        assert desk.waiting() is None
        assert desk.waiting("ord_2")


def test_one_look_at_an_order_does_for_a_whole_batch(desk: Desk) -> None:
    desk.accept(desk.place())
    first, second = desk.events()
    response_times_consumers.on_order_changed(desk.context, first)
    calls: list[str] = []
    client = desk.context.table.client
    spied = replace(desk.context, table=Table(_Spy(client, calls), "club"))  # type: ignore[arg-type]
    response_times_consumers.on_order_changed(spied, replace(second, batch=first.batch))
    assert calls == []


class _Spy:
    def __init__(self, client: object, calls: list[str]) -> None:
        self._client, self._calls = client, calls

    def __getattr__(self, name: str) -> object:
        self._calls.append(name)
        return getattr(self._client, name)


def test_what_cannot_be_told_of_one_order_stops_no_other_and_is_said_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        desk.place(f"ord_{number}")
    desk.deliver()
    read = response_times_store.read

    def broken(table: Table, company_id: str, order_id: str) -> object:
        if order_id == "ord_1":
            raise ValueError("not to be read")
        return read(table, company_id, order_id)

    monkeypatch.setattr(response_times_store, "read", broken)
    with pytest.raises(RuntimeError, match="1 of 3 orders failed"):
        jobs.remind_distributors(desk.at(MONDAY), {})
    assert len(desk.told()) == 2


def test_whatever_happens_to_an_order_the_clock_hears_of_it() -> None:
    for step in OrderStep:
        assert (
            NamedConsumer("orders.response_times.consumers:on_order_changed") in subscriptions("facts")[f"order.{step}"]
        ), step


# --- whatever happens meanwhile ---------------------------------------------------------------------------------------


def test_whoever_dies_on_the_way_is_followed_by_one_who_tells_it_once(desk: Desk) -> None:
    for interruption in chain(crashes(), lost_replies()):
        desk = Desk()
        desk.place()
        with interruption:
            desk.deliver()
            for moment in (MONDAY, TUESDAY):
                with suppress(RuntimeError):  # a tick that did not do all says so; the next one does
                    jobs.remind_distributors(desk.at(moment), {})
        desk.deliver()
        jobs.remind_distributors(desk.at(TUESDAY), {})
        assert sorted(name for name, _ in desk.told()) == [
            response_times_events.ESCALATED,
            response_times_events.UNANSWERED,
        ], interruption


def test_two_clocks_at_once_tell_it_once(desk: Desk) -> None:
    desks: list[Desk] = []

    def other() -> None:
        jobs.remind_distributors(desks[-1].context, {})

    for race in races(other):
        desks.append(Desk())
        desks[-1].place()
        desks[-1].deliver()
        desks[-1].at(MONDAY)
        with race:
            jobs.remind_distributors(desks[-1].context, {})
        assert [name for name, _ in desks[-1].told()] == [response_times_events.UNANSWERED], race


def test_nothing_is_told_of_an_order_that_was_answered_before_and_nothing_is_left_behind(desk: Desk) -> None:
    scene: dict[str, object] = {}

    def answer() -> None:
        found = scene["desk"]
        assert isinstance(found, Desk)
        scene["told"] = len(found.told())
        found.accept(scene["order"])  # type: ignore[arg-type]

    for race in races(answer):
        scene = {"desk": (own := Desk()), "order": own.place()}
        own.at(MONDAY)
        with race:
            own.deliver()
            jobs.remind_distributors(own.context, {})
        if race.happened:
            assert len(own.told()) == scene["told"], race
            own.deliver()
            assert own.waiting() is None, race


steps = st.lists(st.sampled_from(["place", "accept", "deliver one", "deliver all", "tick", "time"]), max_size=25)


@settings(max_examples=60)
@given(steps, st.data())
def test_in_whatever_order_things_happen_each_wait_is_told_in_time_once_and_answered_ones_never(
    happens: list[str], data: st.DataObject
) -> None:
    desk, orders = Desk(), dict[str, Order]()
    answered: dict[str, str] = {}
    for number, what in enumerate(happens):
        if what == "place" and len(orders) < 3:
            order = desk.place(f"ord_{number}")
            orders[order.order_id] = order
        elif what == "accept" and (open_ones := sorted(orders.keys() - answered)):
            chosen = data.draw(st.sampled_from(open_ones))
            desk.accept(orders[chosen])
            answered[chosen] = desk.context.at
        elif what == "deliver one" and (events := desk.events()):
            response_times_consumers.on_order_changed(desk.context, data.draw(st.sampled_from(events)))
        elif what == "deliver all":
            desk.deliver()
        elif what == "tick":
            jobs.remind_distributors(desk.context, {})
        elif what == "time":
            desk.at(desk.context.now + timedelta(hours=data.draw(st.integers(1, 40))))
    desk.deliver()
    jobs.remind_distributors(desk.at(desk.context.now + timedelta(days=30)), {})
    for order_id, order in orders.items():
        due = response_times.deadlines(desk.context)(order.placed_at)
        own = [
            event
            for event in desk.events(response_times_events.UNANSWERED, response_times_events.ESCALATED)
            if event.item["order_id"] == order_id
        ]
        told = {event.name: event.item["at"] for event in own}
        assert len(told) == len(own)
        if order_id not in answered:
            assert set(told) == {response_times_events.UNANSWERED, response_times_events.ESCALATED}
        assert all(at <= answered.get(order_id, at) for at in told.values())
        assert told.get(response_times_events.UNANSWERED, due.remind) >= due.remind
        assert told.get(response_times_events.ESCALATED, due.escalate) >= due.escalate
        assert (desk.waiting(order_id) is None) == (order_id in answered)


# --- the staff's list -------------------------------------------------------------------------------------------------


def test_staff_see_what_is_unanswered_from_the_reminder_on_oldest_first(market: Market) -> None:
    staff(market.context, "mbr_head", "head_of_sales")
    first, second = market.placed(), market.placed({"LMP-1": 3})
    market.accept(market.placed({"LMP-1": 4}))
    follow(market)

    def unanswered() -> list[Item]:
        shown: list[Item] = market.api.call("GET", "/v1/staff/orders/unanswered", HEAD).json["items"]
        return shown

    assert unanswered() == []
    jobs.remind_distributors(replace(market.context, now=MONDAY), {})
    shown = unanswered()
    assert {each["order_id"] for each in shown} == {first, second}
    assert shown[0]["company_name"] == "Luch cmp_1"
    assert shown[0]["waits"] == [
        {
            "kind": "order",
            "return_id": None,
            "since": "2026-11-20T09:00:00.000Z",
            "reminded_at": "2026-11-23T09:00:00.000Z",
            "escalated_at": None,
        }
    ]
    market.accept(first)
    follow(market)
    assert [each["order_id"] for each in unanswered()] == [second]


def test_requests_of_the_company_wait_until_they_are_answered(market: Market) -> None:
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4})
    market.request_cancellation(order_id)
    asked = market.request_return(order_id, ("УТ-1", "LMP-1", 1))
    return_id = asked.json["returns"][-1]["return_id"]
    follow(market)

    def waiting() -> list[tuple[str, str]]:
        _, found = response_times_store.read(market.context.table, market.company_id, order_id)
        return [(each.question.kind, each.question.ref) for each in found.waits] if found else []

    assert waiting() == [("cancellation", ""), ("return", return_id)]
    market.reject_return(order_id, return_id)
    follow(market)
    assert waiting() == [("cancellation", "")]
    market.ship(order_id, document="УТ-2")  # all of it: there is nothing left to cancel
    follow(market)
    assert waiting() == []


def follow(market: Market) -> None:
    for item in market.events():
        response_times_consumers.on_order_changed(
            market.context, Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item)
        )
