"""Events: written in the transaction of their cause, delivered by the table's stream, at least once and in no sure order.

An event is any new item with a string attribute `event`: an item of its own (`record`), or a fact that carries the attribute.
A consumer must do the same when it gets an event twice. `platform.delivery` finds the consumers and hands events to them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from chalicelib.platform import keys
from chalicelib.platform.context import Context
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Transaction

BULK = "bulk"  # the attribute that marks an event as one of many that were made at once
MANY = 100  # made at once: more are marked so
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
Lane = Literal[
    "facts", "messages"
]  # consumers that derive facts; consumers that write to people and to distributors' systems


class DeclaredConsumer(NamedTuple):
    """A consumer by its name below `chalicelib`: `orders.consumers:record_shipment`."""

    name: str
    lane: Lane
    events: tuple[EventType, ...]


DECLARED: dict[str, DeclaredConsumer] = {}


def consumer(*events: EventType, lane: Lane = "facts") -> Callable[[Consumer], Consumer]:
    """Declares a function of a module `consumers` as a consumer of these events."""

    def declare(consume: Consumer) -> Consumer:
        name = function_name(consume)
        DECLARED[name] = DeclaredConsumer(name, lane, events)
        return consume

    return declare


def function_name(consume: Consumer) -> str:
    return f"{consume.__module__.removeprefix('chalicelib.')}:{consume.__name__}"


def record(tx: Transaction, context: Context, owner: Key, name: EventType, **facts: Any) -> None:
    """Adds the event to the transaction of the change, beside the item that it happened to."""
    key = keys.event(owner, context.at, context.new_id("evt"))
    tx.put({**key.as_item(), "event": name, "at": context.at, "expires_at": context.expiry(days=KEEP_DAYS), **facts})
