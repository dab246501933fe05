"""An order's life with the rooms' own consumers, one of which is dead for good: what the others do is what they always do."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any, get_args

import pytest

from chalicelib import sales
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.delivery import jobs
from chalicelib.platform.delivery.stream import deliver
from chalicelib.platform.delivery.subscriptions import NamedConsumer, declared, subscriptions
from chalicelib.platform.events import Consumer, DeclaredConsumer, Event, Lane
from chalicelib.platform.http import respond
from chalicelib.platform.ids import derived_id
from chalicelib.platform.settings import queue_url
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, to_wire
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.crashes import watched
from tests.support.memory import MemoryDynamo
from tests.support.partners import reach

# How often an item was written differs with the order in which consumers were told. So does the way to a balance: who hears late of a
# sale that is paid posts it as available at once, and never as pending.
HOW_OFTEN = {"version", "sequence"}
WAYS = ("LEDGER#", "ONCE#")  # of postings; of requests, whose keys count on
POSTED = "bonus.posted"  # tells each step of the way


class Club:
    """A market whose stream and queues are worked off by hand. Ids follow from who makes them, not from when."""

    def __init__(self, api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dead = ""
        self.failed: list[str] = []
        self.asked: list[tuple[str, str]] = []  # of other queues
        self.heard: set[tuple[str, str]] = set()
        self.done: list[tuple[str, str]] = []  # event, consumer
        self.posted: set[str] = set()
        self._numbers: dict[tuple[str, ...], Iterator[int]] = {}
        self._who: tuple[str, ...] = ("before",)
        table = Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None)
        self.context = replace(context, table=table, new_id=self._new_id)
        monkeypatch.setattr(respond, "context_now", lambda: self.context)
        monkeypatch.setattr(aws, "sqs", lambda: self)
        monkeypatch.setattr(NamedConsumer, "consumer", self._consumer(NamedConsumer.consumer))
        self.market = Market(api, self.context)
        reach(self.context, self.market.company_id, "160000")
        self.heard |= {(item["pk"], item["sk"]) for item in self.market.everything()}

    def send_message(self, **request: Any) -> None:
        mine = request["QueueUrl"] == queue_url("failed-events")
        (self.failed.append if mine else lambda body: self.asked.append((request["QueueUrl"], body)))(
            request["MessageBody"]
        )

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.asked += [(request["QueueUrl"], entry["MessageBody"]) for entry in request["Entries"]]
        return {}

    def _new_id(self, prefix: str) -> str:
        number = next(self._numbers.setdefault((prefix, *self._who), count(1)))
        return derived_id(prefix, *self._who, str(number))

    def _consumer(self, really: Callable[[NamedConsumer], Consumer]) -> Callable[[NamedConsumer], Consumer]:
        def consumer(later: NamedConsumer) -> Consumer:
            def consume(context: Context, event: Event) -> None:
                if later.name == self.dead:
                    raise ValueError("for good")
                self._who = (event.id, later.name)
                really(later)(context, event)
                self.done.append((event.id, later.name))

            return consume

        return consumer

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        self._who = ("step", name)
        answer = do()
        self.follow()
        return answer

    def follow(self) -> None:
        """The stream, until nothing new has happened."""
        while news := [
            item for item in self.market.everything() if "event" in item and (item["pk"], item["sk"]) not in self.heard
        ]:
            self.heard |= {(item["pk"], item["sk"]) for item in news}
            self.posted |= {derived_id("evt", item["pk"], item["sk"]) for item in news if item["event"] == POSTED}
            for item in news:
                record = {"dynamodb": {"SequenceNumber": "1", "NewImage": to_wire(item)}}
                for lane in get_args(Lane):
                    assert deliver({"Records": [record]}, subscriptions(lane), self.context) == {
                        "batchItemFailures": []
                    }

    def live(self, dead: str) -> None:
        self.dead = dead
        market = self.market
        first = self.step("place", market.placed)
        self.step("accept", lambda: market.accept(first))
        self.step("ship", lambda: market.ship(first, {"LMP-1": 10}))
        self.step("the rest", lambda: market.ship(first, document="УТ-2"))
        ref = ("orders", f"{market.distributor_id}:{first}/УТ-1")
        self.step(
            "pay",
            lambda: sales.record_payments(self.context, [sales.Payment(ref, self.context.today)], by="mbr_staff"),
        )
        second = self.step("place another", market.placed)
        self.step("reject", lambda: market.reject(second))
        third = self.step("place a third", market.placed)
        self.step("cancel", lambda: market.cancel(third))

    def redeliver(self) -> None:
        self.dead = ""
        while self.failed:
            jobs.redeliver_events(self.context, {"body": self.failed.pop(0)})
            self.follow()

    def state(self) -> dict[tuple[str, str], Item]:
        return {
            (item["pk"], item["sk"]): {name: value for name, value in item.items() if name not in HOW_OFTEN}
            for item in self.market.everything()
            if not item["pk"].startswith(WAYS)
        }


@pytest.fixture
def found(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Club]:
    return lambda: Club(api, context, monkeypatch)


_undisturbed: list[tuple[dict[tuple[str, str], Item], set[tuple[str, str]]]] = []


@pytest.fixture
def undisturbed(found: Callable[[], Club]) -> tuple[dict[tuple[str, str], Item], set[tuple[str, str]]]:
    if not _undisturbed:
        with pytest.MonkeyPatch.context():
            club = found()
            club.live("")
            _undisturbed.append((club.state(), {each for each in club.done if each[0] not in club.posted}))
    return _undisturbed[0]


def concerned() -> list[DeclaredConsumer]:
    """Those who are told of something that happens in an order's life."""
    happens = ("order.", "sale.", "payment.", "tier.", "letter.", "bonus.")
    return [each for each in declared() if any(event.startswith(happens) for event in each.events)]


@pytest.mark.parametrize("each", concerned(), ids=lambda each: each.name)
def test_the_others_do_what_they_always_do_and_after_the_redelivery_all_is_as_if_nothing_had_been(
    each: DeclaredConsumer,
    found: Callable[[], Club],
    undisturbed: tuple[dict[tuple[str, str], Item], set[tuple[str, str]]],
) -> None:
    state, done = undisturbed
    club = found()
    club.live(each.name)
    happened = {event for event, _ in club.done} | {
        derived_id("evt", told["pk"], told["sk"]) for told in map(json.loads, club.failed)
    }
    others = {(event, name) for event, name in done if event in happened and name != each.name}
    assert others <= set(club.done)
    if each.name in {name for _, name in done}:
        assert club.failed
    club.redeliver()
    assert set(club.done) >= done
    after = club.state()
    different = {key for key in state.keys() | after.keys() if state.get(key) != after.get(key)}
    assert {key: (state.get(key), after.get(key)) for key in different} == {}
