"""Deliveries beside the stream: of events that many were made of at once, and of those that one consumer could not take.

    an event of many, marked `bulk` ──▶ the stream's reader puts its key into a queue ──deliver_bulk──▶ all its consumers
    a consumer fails ──▶ a message with the event's key and the consumer ──redeliver_events──▶ this consumer, with the event as its item is now
    it fails again   ──▶ the same message, after a longer pause each time; after the last one it is a dead letter, with its alarm
    `make staff ARGS='redeliver …'` ──▶ the same messages: of dead letters, of one event, or of all events of a kind

So a year of sales is worked off beside the stream, and what happens to one company meanwhile waits for none of it.

An event whose item is gone (it expires) is dropped, and the log says so. Weakest point: a message that waits while its consumer is
renamed becomes a dead letter; the command then delivers the event to the present consumers.
"""

import json
from typing import Any

from chalicelib.platform.context import Context
from chalicelib.platform.delivery.long_runs import PAUSES, come_again_later
from chalicelib.platform.delivery.stream import event_of, tell
from chalicelib.platform.delivery.subscriptions import NamedConsumer, consumers_of, subscriptions
from chalicelib.platform.events import Consumer
from chalicelib.platform.jobs import send_bodies
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, SECRET, WRITE, queue_worker, table
from chalicelib.platform.settings import queue_url
from chalicelib.table.key import Key


@queue_worker(
    "bulk-events",
    workers=5,
    filled_by=("deliver_events",),
    may=(table(*READ, *WRITE), SECRET),
    loop="A message of several events that was not finished is split once, into a message for each of them.",
)
def deliver_bulk(context: Context, message: dict[str, Any]) -> None:
    """Tell the consumers of events that many were made of at once.

    A message that comes again is split: an event that ends the process must not hold up the others.
    """
    keys = json.loads(message["body"])
    if len(keys) > 1 and int(message.get("attributes", {}).get("ApproximateReceiveCount", 1)) > 1:
        send_bodies(queue_url("bulk-events"), ([key] for key in keys))
        return
    found = context.table.get_many((Key(*key) for key in keys), consistent=True)
    batch: dict[tuple[str, ...], Any] = {}
    for item in found.values():
        tell(context, event_of(item, batch), subscriptions("facts"))


@queue_worker(
    "failed-events",
    workers=5,
    tries=len(PAUSES) + 1,
    filled_by=("deliver_events", "write_letters", "deliver_bulk"),
    may=(table(*READ, *WRITE), SECRET),
    given_up="A consumer failed for good on an event; the other consumers went on. Find the cause in the logs of RedeliverEvents, then "
    "deliver again with make staff ARGS='redeliver --dead-letters …'.",
)
def redeliver_events(context: Context, message: dict[str, Any]) -> None:
    """Tell one consumer once more of an event that it could not take."""
    told = json.loads(message["body"])
    item = context.table.get(Key(told["pk"], told["sk"]), consistent=True)
    if item is None or item.get("event") != told["event"]:
        log.warning("failed event is gone", extra={name: told[name] for name in ("pk", "sk", "event", "consumer")})
        return
    try:
        _consumer(told["event"], told["consumer"])(context, event_of(item))
    except Exception:
        come_again_later("failed-events", message)
        raise


def _consumer(event: str, name: str) -> Consumer:
    found = NamedConsumer(name)
    if found not in consumers_of(event):
        raise LookupError(f"{name} is no consumer of {event}")
    return found
