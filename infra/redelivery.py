"""`make staff ARGS='redeliver …'`: sends messages to the queue of failed events, whose worker delivers them to the consumers."""

from collections.abc import Iterator
from typing import Any

import boto3

from chalicelib.platform import clock
from chalicelib.platform.delivery.stream import failure
from chalicelib.platform.delivery.subscriptions import consumers_of, name_of
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, from_wire

SEGMENTS = 4
# When it happened: of an event of its own, of a revision of a sale, of a letter, of a sign-in.
MOMENTS = ("at", "recorded_at", "written_at", "created_at", "registered_at")
MOST_RECEIVED = 10  # by one call


class Nothing(LookupError):
    """One sentence for whoever asks."""


def one(table: Table, queue: str, key: Key, consumer: str | None) -> int:
    """The event of this key, to this consumer or to all; counts messages."""
    item = table.get(key, consistent=True)
    if item is None or "event" not in item:
        raise Nothing(f"No event has the key {key.pk} {key.sk}.")
    return _send(queue, item, consumer)


def all_since(table: Table, queue: str, event: str, since: str, consumer: str | None) -> int:
    """Every event of this name since this moment. Reads the whole table; counts messages."""
    if not consumers_of(event):
        raise Nothing(f"Nobody is told of {event}.")
    return sum(_send(queue, item, consumer) for item in _events(table, event) if _moment(item) >= since)


def dead_letters(queue: str, dead: str) -> int:
    """Each dead letter goes back to the queue, and only then is gone; counts them."""
    sqs, moved = boto3.client("sqs"), 0
    while received := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=MOST_RECEIVED, WaitTimeSeconds=2).get(
        "Messages"
    ):
        for message in received:
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def _send(queue: str, item: Item, consumer: str | None) -> int:
    names = [name_of(each) for each in consumers_of(item["event"])]
    wanted = [name for name in names if consumer in (None, name)]
    if not wanted:
        raise Nothing(f"{consumer or 'Nobody'} is not told of {item['event']}; told are: {', '.join(names) or 'none'}.")
    at = clock.stamp(clock.now())
    for name in wanted:
        boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=failure(item, name, at))
    return len(wanted)


def _events(table: Table, event: str) -> Iterator[Item]:
    pages = table.client.get_paginator("scan")
    for segment in range(SEGMENTS):
        question: dict[str, Any] = {
            "TableName": table.name,
            "FilterExpression": "#event = :event",
            "ExpressionAttributeNames": {"#event": "event"},
            "ExpressionAttributeValues": {":event": {"S": event}},
            "TotalSegments": SEGMENTS,
            "Segment": segment,
        }
        for page in pages.paginate(**question):
            yield from map(from_wire, page["Items"])


def _moment(item: Item) -> str:
    """One that tells no moment is delivered again rather than left out."""
    return next((item[name] for name in MOMENTS if isinstance(item.get(name), str)), "9999")
