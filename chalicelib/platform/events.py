"""Events: written in the transaction of their cause, delivered by the table's stream, at least once and in no sure order.

An event is any new item with a string attribute `event`: an item of its own (`record`), or a fact that carries the attribute.
A consumer must do the same when it gets an event twice.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Literal, NamedTuple, get_args

from chalicelib.platform import aws, keys
from chalicelib.platform.context import Context
from chalicelib.platform.ids import derived_id
from chalicelib.platform.jobs import chunks, send_bodies
from chalicelib.platform.log import log
from chalicelib.platform.modules import import_modules, package_registry
from chalicelib.platform.settings import queue_url
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Transaction, from_wire

BULK = "bulk"  # the attribute that marks an event as one of many that were made at once
MANY = 100  # made at once: more are marked so
BULK_TOGETHER = 25  # of a message: they take some seconds
KEEP_DAYS = 400  # beside their owner, as its history


class EventType(str):
    """An event's name, declared in the `events.py` of the room that makes the event. No name is made of pieces."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An event. `id` is the same at every delivery; `item` is the whole item that carries the event.

    `batch` is shared by all events of one delivery. Their facts were written before any of them is delivered. So a consumer that derives
    something from the facts notes it here, and does not derive it again at the next event of the batch.
    """

    name: str
    id: str
    item: Item
    batch: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False, repr=False)


Consumer = Callable[[Context, Event], None]
Subscriptions = Mapping[str, Sequence[Consumer]]  # by event
Lane = Literal[
    "facts", "messages"
]  # consumers that derive facts; consumers that write to people and to distributors' systems


class DeclaredConsumer(NamedTuple):
    """A consumer by its name below `chalicelib`: `orders.consumers:record_shipment`."""

    name: str
    lane: Lane
    events: tuple[EventType, ...]


_DECLARED: dict[str, DeclaredConsumer] = {}


def consumer(*events: EventType, lane: Lane = "facts") -> Callable[[Consumer], Consumer]:
    """Declares a function of a module `consumers` as a consumer of these events."""

    def declare(consume: Consumer) -> Consumer:
        name = name_of(consume)
        _DECLARED[name] = DeclaredConsumer(name, lane, events)
        return consume

    return declare


def declared() -> list[DeclaredConsumer]:
    """Every consumer, by name. Imports every module that declares one."""
    import_modules("consumers")
    return [_DECLARED[name] for name in sorted(_DECLARED)]


@dataclass(frozen=True, slots=True)
class NamedConsumer:
    """A consumer by its name. Its module is imported with its first event."""

    name: str

    def __call__(self, context: Context, event: Event) -> None:
        self.consumer()(context, event)

    def consumer(self) -> Consumer:
        """Raises ImportError or AttributeError where nothing has the name."""
        module, _, function = self.name.partition(":")
        found: Consumer = getattr(import_module(f"chalicelib.{module}"), function)
        return found


def name_of(consume: Consumer) -> str:
    if isinstance(consume, NamedConsumer):
        return consume.name
    return f"{consume.__module__.removeprefix('chalicelib.')}:{consume.__name__}"


@cache
def subscriptions(lane: Lane) -> Subscriptions:
    """The consumers of each event. A package imports none of them before there is something to tell."""
    lanes = package_registry().get("consumers") or consumer_names()
    return {event: [NamedConsumer(name) for name in names] for event, names in lanes[lane].items()}


def consumers_of(event: str) -> list[Consumer]:
    """Of both lanes."""
    return [consume for lane in get_args(Lane) for consume in subscriptions(lane).get(event, ())]


def consumer_names() -> dict[Lane, dict[str, list[str]]]:
    """By lane and event."""
    lanes: dict[Lane, dict[str, list[str]]] = {"facts": {}, "messages": {}}
    for each in declared():
        for event in each.events:
            lanes[each.lane].setdefault(event, []).append(each.name)
    return lanes


def record(tx: Transaction, context: Context, owner: Key, name: EventType, **facts: Any) -> None:
    """Adds the event to the transaction of the change, beside the item that it happened to."""
    key = keys.event(owner, context.at, context.new_id("evt"))
    tx.put({**key.as_item(), "event": name, "at": context.at, "expires_at": context.expiry(days=KEEP_DAYS), **facts})


def deliver(
    batch: dict[str, Any], subscriptions: Subscriptions, context: Context, *, bulk_waits: bool = False
) -> dict[str, Any]:
    """Hands each stream record to its consumers, in order. A consumer fails alone: its failure goes to the queue of failed events.

    `bulk_waits`: an event that many were made of at once goes to the queue of such events, and waits there.

    Where not even that can be written down the batch stops, and names the record, so that the stream starts again from there: what came
    before is done, what comes after is not lost. If that is the batch's first record and others follow it, the failure is raised: the
    stream then halves the batch until the record stands alone, and gives up that one only.

    Weakest point: a consumer that ends the process (no time left, no memory) fails for all consumers of its record.
    """
    shared: dict[tuple[str, ...], Any] = {}
    images = [entry["dynamodb"].get("NewImage", {}) for entry in batch["Records"]]
    waits = [bulk_waits and BULK in image for image in images]
    _queue([(image["pk"]["S"], image["sk"]["S"]) for image, wait in zip(images, waits, strict=True) if wait])
    for position, (entry, image) in enumerate(zip(batch["Records"], images, strict=True)):
        if "event" not in image or waits[position]:
            continue
        event = event_of(from_wire(image), shared)
        try:
            tell(context, event, subscriptions)
        except Exception:
            log.exception("event not delivered", extra=_facts(event))
            if position == 0 and len(batch["Records"]) > 1:
                raise
            return {"batchItemFailures": [{"itemIdentifier": entry["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def event_of(item: Item, batch: dict[tuple[str, ...], Any] | None = None) -> Event:
    batch = {} if batch is None else batch
    return Event(name=item["event"], id=derived_id("evt", item["pk"], item["sk"]), item=item, batch=batch)


def tell(context: Context, event: Event, subscriptions: Subscriptions) -> None:
    """Raises only where a failure could not be written down."""
    for consume in subscriptions.get(event.name, ()):
        _hand_over(context, event, consume)


def _queue(bulk: list[tuple[str, str]]) -> None:
    """Sends the keys in messages of some, sorted, so that events of one partition share the work of their batch."""
    send_bodies(queue_url("bulk-events"), chunks(sorted(bulk), BULK_TOGETHER))


def _hand_over(context: Context, event: Event, consume: Consumer) -> None:
    try:
        consume(context, event)
    except Exception:
        name = name_of(consume)
        log.exception("consumer failed", extra={**_facts(event), "consumer": name})
        aws.sqs().send_message(QueueUrl=queue_url("failed-events"), MessageBody=failure(event.item, name, context.at))


def failure(item: Item, consumer: str, at: str) -> str:
    """The message that delivers the event of this item to this consumer again."""
    return json.dumps({"pk": item["pk"], "sk": item["sk"], "event": item["event"], "consumer": consumer, "at": at})


def _facts(event: Event) -> dict[str, str]:
    return {"event_name": event.name, "pk": event.item["pk"], "sk": event.item["sk"]}


def each_message(batch: dict[str, Any], handle: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Handles the messages of an SQS batch one by one; those that fail, and only those, come again."""
    failures = []
    for message in batch["Records"]:
        try:
            handle(message)
        except Exception:
            log.exception("message not handled", extra={"message_id": message["messageId"]})
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}
