"""Delivery of the table's stream to the consumers, and of what failed to the queue of failed events."""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.subscriptions import Subscriptions, name_of
from chalicelib.platform.events import BULK, Consumer, Event
from chalicelib.platform.ids import derived_id
from chalicelib.platform.jobs import chunks, send_bodies
from chalicelib.platform.log import log
from chalicelib.platform.settings import queue_url
from chalicelib.table.transactions import Item, from_wire

BULK_TOGETHER = 25  # of a message: they take some seconds


def deliver(
    batch: dict[str, Any], subscriptions: Subscriptions, context: Context, *, bulk_waits: bool = False
) -> dict[str, Any]:
    """Hands each stream record to its consumers, in order. A consumer fails alone: its failure goes to the queue of failed events.

    `bulk_waits`: an event that many were made of at once goes to the queue of such events, and waits there.

    If even that cannot be written down, the batch stops and names the record, so that the stream starts again from there: earlier
    records are done, later ones are not lost. If that is the batch's first record and others follow it, the failure is raised: the
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
