"""Items of webhooks.

ENDPOINT: an `Endpoint`. MESSAGE: a `Message`; kept `webhooks.keep_days`. WAITING, the mark of a waiting message:
message_id, lane; one consistent read finds the first of a lane. The transaction that changes the state of a message creates or deletes
its mark.
"""

from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform import Context, events
from chalicelib.table import Item, Page, Table, Transaction, at_version, from_item, to_item
from chalicelib.webhooks import keys
from chalicelib.webhooks.events import CALLED
from chalicelib.webhooks.rules import Endpoint, Message, message_span

_END = "\x7f"  # sorts after whatever an id has

# --- the endpoint -----------------------------------------------------------------------------------------------------


def read_endpoint(table: Table, distributor_id: str, *, consistent: bool = True) -> Endpoint | None:
    return table.read(Endpoint, keys.webhook_endpoint(distributor_id), consistent=consistent)


def put_endpoint(tx: Transaction, endpoint: Endpoint) -> None:
    """Refused with label `endpoint` unless the stored version is the one before."""
    item = {**keys.webhook_endpoint(endpoint.distributor_id).as_item(), **to_item(endpoint)}
    tx.put(item, when=at_version(endpoint.version - 1), label="endpoint")


def delete_endpoint(tx: Transaction, endpoint: Endpoint) -> None:
    """Refused with label `endpoint` if it changed meanwhile."""
    tx.delete(
        keys.webhook_endpoint(endpoint.distributor_id), when=Attr("version").eq(endpoint.version), label="endpoint"
    )


def note_success(table: Table, distributor_id: str, at: str) -> None:
    """Notes a success, without a new version, which would refuse the change of a person."""
    table.update(keys.webhook_endpoint(distributor_id), put={"last_success_at": at}, when=Attr("pk").exists())


def pause_endpoint(tx: Transaction, endpoint: Endpoint, error: str) -> None:
    """Refused with label `endpoint` after a change by a person or a success."""
    unchanged = Attr("version").eq(endpoint.version) & Attr("last_success_at").eq(endpoint.last_success_at)
    change = {"active": False, "paused_for": error, "version": endpoint.version + 1}
    tx.update(keys.webhook_endpoint(endpoint.distributor_id), put=change, when=unchanged, label="endpoint")


def note_letter(tx: Transaction, endpoint: Endpoint, at: str) -> None:
    """Notes a letter. Refused with label `endpoint` after another letter."""
    unchanged = Attr("last_letter_at").eq(endpoint.last_letter_at)
    tx.update(
        keys.webhook_endpoint(endpoint.distributor_id), put={"last_letter_at": at}, when=unchanged, label="endpoint"
    )


# --- messages ---------------------------------------------------------------------------------------------------------


def read_message(table: Table, distributor_id: str, message_id: str) -> Message | None:
    return table.read(Message, keys.webhook_message(distributor_id, message_id), consistent=True)


def read_with_endpoint(table: Table, distributor_id: str, message_id: str) -> tuple[Message | None, Endpoint | None]:
    """One call."""
    message, endpoint = (keys.webhook_message(distributor_id, message_id), keys.webhook_endpoint(distributor_id))
    found = table.get_many((message, endpoint), consistent=True)
    return (
        from_item(Message, found[message]) if message in found else None,
        from_item(Endpoint, found[endpoint]) if endpoint in found else None,
    )


def first_waiting(table: Table, distributor_id: str, lane: str) -> str | None:
    """The id of the first waiting message of the lane. One call, at most 1 RCU."""
    page = table.query(keys.webhook_waiting(distributor_id, lane, ""), limit=1, consistent=True)
    return str(page.items[0]["message_id"]) if page.items else None


def lanes(table: Table, distributor_id: str, after: str) -> Iterator[tuple[str, str]]:
    """Each lane after this one with waiting messages, and its first message. One call a lane."""
    while True:
        span = keys.webhook_waiting(distributor_id, after, _END if after else "").sk
        marks = keys.webhook_waiting(distributor_id, _END, "")
        page = table.query(marks.pk, between=(span, marks.sk), limit=1, consistent=True)
        if not page.items:
            return
        mark = page.items[0]
        after = mark["lane"]
        yield after, mark["message_id"]


def list_messages(table: Table, distributor_id: str, *, limit: int, after: dict[str, str] | None) -> Page:
    """Newest first, one call."""
    return table.query(keys.webhook_message(distributor_id), newest_first=True, limit=limit, after=after)


def messages_between(
    table: Table, distributor_id: str, since: str, until: str, *, limit: int, after: dict[str, str] | None
) -> Page:
    """The messages between these moments, oldest first."""
    first, last = (keys.webhook_message(distributor_id, each).sk for each in message_span(since, until))
    return table.query(
        keys.webhook_message(distributor_id).pk, between=(first, last), limit=limit, after=after, consistent=True
    )


def create_message(tx: Transaction, message: Message) -> None:
    """Refused with label `message` if it exists, in any state."""
    tx.create(_message_item(message), label="message")
    _mark(tx, message)


def take(table: Table, before: Message, taken: Message) -> None:
    """Raises Refused if another attempt has it, or it is not waiting. Accepts a repeat of the same attempt, whose reply was lost."""
    unchanged = Attr("attempts").eq(before.attempts) & Attr("lease_until").eq(before.lease_until)
    table.put(_message_item(taken), when=_waits() & (unchanged | Attr("attempt").eq(taken.attempt)))


def note_called(table: Table, message: Message, now: int) -> None:
    """Raises Refused after another call, or if it is not waiting."""
    unchanged = _waits() & Attr("called_at").eq(message.called_at)
    table.update(
        keys.webhook_message(message.distributor_id, message.message_id), put={"called_at": now}, when=unchanged
    )


def drop_mark(table: Table, distributor_id: str, lane: str, message_id: str) -> None:
    """Deletes the mark of an expired message: the table may delete the message before its mark."""
    tx = Transaction()
    tx.delete(keys.webhook_waiting(distributor_id, lane, message_id))
    table.commit(tx)


def settle(tx: Transaction, message: Message) -> None:
    """Writes the result of an attempt. Refused with label `message` if a later attempt has it, or it is not waiting; a failure also if it was
    restarted meanwhile, whose tries it would undo.
    """
    unchanged = _waits() & Attr("attempt").eq(message.attempt)
    if message.state != "delivered":
        unchanged &= Attr("tries").eq(message.tries)
    tx.put(_message_item(message), when=unchanged, label="message")
    if message.state != "waiting":
        tx.delete(keys.webhook_waiting(message.distributor_id, message.lane, message.message_id))


def restart(tx: Transaction, before: Message, message: Message) -> None:
    """Refused with label `message` if it changed since `before`."""
    unchanged = Attr("state").eq(before.state) & Attr("attempts").eq(before.attempts)
    tx.put(_message_item(message), when=unchanged, label="message")
    _mark(tx, message)


def call(tx: Transaction, context: Context, distributor_id: str, **message: Any) -> None:
    """Records an event that sends this message to the webhooks' queue."""
    call = {"distributor_id": distributor_id, **message}
    events.record(
        tx, context, keys.webhook_endpoint(distributor_id), CALLED, distributor_id=distributor_id, message=call
    )


def _waits() -> ConditionBase:
    return Attr("state").eq("waiting")


def _mark(tx: Transaction, message: Message) -> None:
    mark = keys.webhook_waiting(message.distributor_id, message.lane, message.message_id)
    about = {"message_id": message.message_id, "lane": message.lane, "expires_at": message.expires_at}
    tx.put({**mark.as_item(), **about})


def _message_item(message: Message) -> Item:
    return {**keys.webhook_message(message.distributor_id, message.message_id).as_item(), **to_item(message)}
