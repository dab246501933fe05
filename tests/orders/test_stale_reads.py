"""A replica that is always one write behind: an order's life on it ends as on one that is up to date.

The order, its events, its letters, the kept answers and the recorded sale are read at half the price: as they were before their last write, or
not at all.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from app import app
from chalicelib.analytics.rollups.jobs import fold_months
from chalicelib.mail import jobs as mail_jobs
from chalicelib.orders import load_orders
from chalicelib.platform import aws, settings
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import deliver
from chalicelib.platform.delivery.subscriptions import subscriptions
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, to_wire
from tests.conftest import NOON
from tests.mail.steps import MailService, message
from tests.mail.steps import report as mail_report
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.memory import MemoryDynamo, Place
from tests.support.partners import reach
from tests.support.table import everything

LATE = ("ORDER#", "EVENT#", "LETTER", "ONCE", "SALE#")
WORKERS = {"letters": mail_jobs.send_letters, "rollups": fold_months}


class Late(MemoryDynamo):
    def __init__(self) -> None:
        super().__init__()
        self.before: dict[Place, Item] = {}
        self.stale = 0

    def _replace(self, place: Place, item: Item | None) -> None:
        if place in self.items:
            self.before[place] = self.items[place]
        super()._replace(place, item)

    def get_item(self, *, Key: Any, ConsistentRead: bool = False, **_: Any) -> Any:  # noqa: N803
        place = (Key["pk"]["S"], Key["sk"]["S"])
        if ConsistentRead or not place[1].startswith(LATE):
            return super().get_item(Key=Key)
        self.stale += 1
        return {"Item": to_wire(self.before[place])} if place in self.before else {}

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803
        ((name, asked),) = RequestItems.items()
        found = [self.get_item(Key=key, ConsistentRead=asked["ConsistentRead"]) for key in asked["Keys"]]
        return {"Responses": {name: [each["Item"] for each in found if each]}}


@dataclass
class World:
    """Plays the stream, the queues and the mail service."""

    context: Context
    mail: MailService = field(default_factory=MailService)
    messages: list[tuple[str, str]] = field(default_factory=list)
    told: set[Any] = field(default_factory=set)

    def send_message(self, *, QueueUrl: str, MessageBody: str, **_: Any) -> Any:  # noqa: N803
        self.messages.append((QueueUrl, MessageBody))

    def send_message_batch(self, *, QueueUrl: str, Entries: Any) -> Any:  # noqa: N803
        self.messages += [(QueueUrl, entry["MessageBody"]) for entry in Entries]
        return {}

    def follow(self) -> None:
        while news := {key: item for key, item in everything(self.context).items() if key not in self.told}:
            self.told |= news.keys()
            records = [{"dynamodb": {"NewImage": to_wire(item), "SequenceNumber": "1"}} for item in news.values()]
            for lane in ("facts", "messages"):
                assert deliver({"Records": records}, subscriptions(lane), self.context) == {"batchItemFailures": []}
            while self.messages:
                queue, body = self.messages.pop(0)
                accepted = len(self.mail.accepted)
                WORKERS[queue](self.context, {"messageId": "1", "body": body})
                for each in self.mail.accepted[accepted:]:
                    for kind in ("Send", "Delivery"):
                        mail_jobs.settle_letters(self.context, message(mail_report(kind, each, self.context.now)))


def market_on(memory: MemoryDynamo, monkeypatch: pytest.MonkeyPatch) -> Market:
    numbers = count(1)
    table: Any = Table(memory, "club", sleep=lambda seconds: None)  # type: ignore[arg-type]
    context = Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")
    monkeypatch.setattr(respond, "context_now", lambda: context)
    return Market(Api(app), context)


def life(memory: MemoryDynamo, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], Counter[str], list[Any]]:
    """The answers, the kinds of items in the end, and the letters."""
    market = market_on(memory, monkeypatch)
    world = World(market.context)
    monkeypatch.setattr(aws, "sqs", lambda: world)
    monkeypatch.setattr(aws, "ses", lambda: world.mail)
    reach(world.context, market.company_id, "160000")
    world.told = set(everything(world.context))
    made = market.place({"LMP-1": 10}, key="k1")
    order_id = made.json["order_id"]
    world.follow()
    answers = [made, market.place({"LMP-1": 10}, key="k1"), market.place({"LMP-1": 9}, key="k1")]
    for step in (
        lambda: market.accept(order_id, key="k2"),
        lambda: market.accept(order_id, key="k2"),
        lambda: market.accept(order_id, key="k3"),
        lambda: market.ship(order_id, {"LMP-1": 4}, key="k4"),
        lambda: market.ship(order_id, {"LMP-1": 4}, key="k4"),
        lambda: market.ship(order_id, document="УТ-2", key="k5"),
        lambda: market.ship(order_id, document="УТ-3", key="k6"),
    ):
        answers.append(step())
        world.follow()
    again = market.placed({"LMP-1": 2})
    answers.append(market.accept(again))
    world.follow()  # told of the placed order when it is accepted already
    items = everything(world.context)
    told = [
        (answer.status, answer.headers.get("idempotency-replayed"), answer.json.get("code"), answer.json.get("state"))
        for answer in answers
    ]
    return (
        told,
        Counter(f"{pk.partition('#')[0]} {sk.partition('#')[0]}" for pk, sk in items),
        sorted((item["template"], item["state"]) for item in items.values() if item["sk"] == "LETTER"),
    )


def test_an_orders_life_on_stale_reads_is_that_on_fresh_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for queue in (*WORKERS, "failed-events"):
        monkeypatch.setenv(f"{queue.upper().replace('-', '_')}_QUEUE_URL", queue)
    monkeypatch.setenv("MAIL_FROM", "Club <club@portal.example>")
    settings.settings.cache_clear()
    late = Late()
    fresh, behind = life(MemoryDynamo(), monkeypatch), life(late, monkeypatch)
    assert json.dumps(behind[0]) == json.dumps(fresh[0])
    assert [status for status, *_ in fresh[0]] == [201, 201, 422, 200, 200, 409, 200, 200, 200, 409, 200]
    assert behind[1:] == fresh[1:]
    assert [state for _, state in fresh[2]] == ["sent"] * 6
    assert late.stale > 20


def test_the_order_behind_a_shipment_is_read_as_it_was_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    market = market_on(Late(), monkeypatch)
    order_id = market.placed({"LMP-1": 10})
    for state, step in (("accepted", market.accept), ("completed", market.ship)):
        assert step(order_id).status == 200
        assert load_orders(market.context, market.company_id, [order_id])[order_id].state == state
