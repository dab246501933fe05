"""The surroundings of webhooks: orders and their events, the queue with its delays, time, and a receiver with its moods."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, get_args

import pytest

import app as entry
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.subscriptions import subscriptions
from chalicelib.platform.events import Event, Lane
from chalicelib.platform.http import respond
from chalicelib.platform.ids import derived_id
from chalicelib.table.client import Table
from chalicelib.webhooks import delivery
from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.rules import PostResult, result_of
from tests.conftest import NOON
from tests.orders.steps import REGION, Market
from tests.support.api import Answer as ApiAnswer
from tests.support.api import Api, Caller
from tests.support.crashes import watched
from tests.support.figures import with_sections
from tests.support.memory import MemoryDynamo
from tests.support.partners import partner
from tests.support.rights import running

URL = "https://erp.example/hooks?club=1"
RETRY = timedelta(seconds=360)  # how long the queue keeps a message that failed
MOST_TURNS = 3000

# What webhooks have to do with; the letters that the same events ask for are other tests' matter.
CONSUMERS = {
    name: [consumer for consumer in consumers if "webhooks.consumers:" in getattr(consumer, "name", "")]
    for lane in get_args(Lane)
    for name, consumers in subscriptions(lane).items()
}


@dataclass(frozen=True)
class Post:
    """The requests at the receiver."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes
    answer: PostResult

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def about(self) -> tuple[str, str]:
        """The event, and the company or nobody."""
        order = self.json["data"].get("order")
        return self.json["type"], order["company"]["company_id"] if order else ""


@dataclass
class Receiver:
    """The distributor's system. The next posts are answered as `moods` say, then all as `mood` says."""

    moods: list[PostResult] = field(default_factory=list)
    mood: Callable[[Post], PostResult] = lambda post: result_of(200)
    posts: list[Post] = field(default_factory=list)

    @property
    def taken(self) -> list[Post]:
        """The messages that it took, each once: it knows an id again."""
        known: dict[str, Post] = {}
        for post in self.posts:
            if not post.answer.error:
                known.setdefault(post.id, post)
        return list(known.values())

    def down(self) -> None:
        self.mood = lambda post: PostResult(error="no_connection")

    def up(self) -> None:
        self.mood = lambda post: result_of(200)


@dataclass
class Waiting:
    due: datetime
    body: str


class World:
    """A market whose distributor has a system of its own. `run` plays on until nothing is left to do, as often as a crash ends it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **figures: Any) -> None:
        numbers = count(1)
        self.memory = MemoryDynamo()
        self.context = Context(
            table=Table(watched(self.memory, "dynamodb"), "club", sleep=lambda seconds: None),
            now=NOON,
            new_id=lambda prefix: f"{prefix}_{next(numbers):04d}",
        )
        if figures:
            webhooks = Webhooks.model_validate(self.context.config[Webhooks].model_dump() | figures)
            self.context = replace(self.context, config=with_sections(self.context.config, webhooks))
        self.receiver = Receiver()
        self.queue: list[Waiting] = []
        self.told: set[tuple[str, str]] = set()
        monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
        monkeypatch.setattr(aws, "sqs", lambda: watched(self, "sqs"))
        monkeypatch.setattr(respond, "context_now", lambda: self.context)
        self.market = Market(Api(entry.app), self.context)
        self.operator = self.market.operator
        self.distributor_id = self.market.distributor_id

    # --- what people do -------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Any = None, caller: Caller | None = None, **headers: str) -> ApiAnswer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"/v1/distributor/webhook{path}"
        return self.market.api.call(method, url, caller or self.operator, body, headers=given)

    def connect(self, url: str = URL, **more: Any) -> ApiAnswer:
        """The endpoint, made or changed."""
        known = self.call("GET", "")
        version = known.headers["etag"] if known.status == 200 else '"0"'
        answer = self.call("PUT", "", {"url": url, **more}, if_match=version)
        assert answer.status == 200, answer.text
        return answer

    def other_company(self, company_id: str) -> Caller:
        return partner(self.context, company_id, f"mbr_{company_id}", region=REGION)

    def place(self, buyer: Caller | None = None) -> str:
        """A new order's id. Time passes, so that things happen one after the other."""
        self.pass_time(1)
        body = {"lines": [{"sku": "LMP-1", "quantity": 1}]}
        answer = self.market.post("/v1/orders", buyer or self.market.buyer, body)
        assert answer.status == 201, answer.text
        return str(answer.json["order_id"])

    def deliveries(self, **query: str) -> list[Any]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.call("GET", f"/deliveries?limit=100&{asked}".rstrip("?&"))
        assert answer.status == 200, answer.text
        return list(answer.json["items"])

    def states(self) -> list[tuple[str, str]]:
        """Of all messages, oldest first."""
        return [(each["type"], each["state"]) for each in reversed(self.deliveries())]

    # --- what the platform does ------------------------------------------------------------------------------------------

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803 (as SQS calls them)
        assert 0 <= DelaySeconds <= 900
        self.queue.append(Waiting(self.context.now + timedelta(seconds=DelaySeconds), MessageBody))

    def post(self, url: str, headers: Mapping[str, str], body: bytes, figures: Webhooks) -> PostResult:
        post = Post(self.context.now, url, headers, body, PostResult())
        answer = self.receiver.moods.pop(0) if self.receiver.moods else self.receiver.mood(post)
        self.receiver.posts.append(replace(post, answer=answer))
        return answer

    def pass_time(self, seconds: float) -> None:
        self.context = replace(self.context, now=self.context.now + timedelta(seconds=seconds))
        self.market.context = self.context

    def events(self) -> list[Event]:
        """The events that the stream has not delivered yet, in the order in which they happened."""
        untold = [item for place, item in self.memory.items.items() if "event" in item and place not in self.told]
        return [Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item) for item in untold]

    def enqueue(self) -> None:
        for event in self.events():
            for consumer in CONSUMERS.get(event.name, ()):
                consumer(self.context, event)
            self.told.add((event.item["pk"], event.item["sk"]))

    def take(self, waiting: Waiting) -> None:
        """Hands a message to a worker; it stays, for later, unless the worker is done with it."""
        self.pass_time(max(0.0, (waiting.due - self.context.now).total_seconds()))
        try:
            with running("deliver_webhooks"):
                delivery.deliver(
                    self.context, {"messageId": "1", "body": waiting.body}, post=self.post, jitter=lambda: 0.5
                )
        except BaseException:
            waiting.due = self.context.now + RETRY
            raise
        self.queue.remove(waiting)

    def run(self, hours: float = 1e6) -> None:
        """Until nothing is left to do, or so much time has passed."""
        end = self.context.now + timedelta(hours=min(hours, 1e5))
        for _ in range(MOST_TURNS):
            self.enqueue()
            due = [each for each in self.queue if each.due <= end]
            if not due:
                if hours < 1e6:
                    self.pass_time((end - self.context.now).total_seconds())
                return
            self.take(min(due, key=lambda each: each.due))
        raise AssertionError("it goes on for ever")
