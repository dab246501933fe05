"""Delivery of messages on orders by Standard Webhooks.

    an order's event ──enqueue──▶ a waiting MESSAGE ──▶ a call in the webhooks' queue ──deliver──▶ POST
    a person's request ──webhook.called──on_called──▶ the queue

*Order.* The messages of one company are a lane, and only the first waiting message of a lane may be sent. So later messages wait for a
failing one, but other lanes do not. Each waiting message has a call in the queue. A worker leaves a message out of turn, calls a message
again that is in turn but too early, and calls the next message of the lane when it has finished one. It also calls a first message
without a call for `CALL_SECONDS`: that call is lost, or its worker died.

*Attempts.* An attempt takes the message with an id and a lease longer than the function's time limit, posts it, and writes the result. After
a crash the lease runs out, and the message is sent again under the same `webhook-id`, by which a receiver recognises it. A replay keeps
the id too.

*Failure.* After the last pause the message fails, and the lane goes on. An endpoint without a success in all that time is paused: messages
wait until a person makes it active again. The distributor gets a letter on a pause, and at most one a day on failed messages.

A message carries the present order, not the order at the time of the event, so a receiver that was down gets no outdated orders.

Weakest point: a slow endpoint holds a worker for `answer_seconds` an attempt, and one with hundreds of lanes may hold all workers for minutes.
"""

import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Any

from chalicelib import orders
from chalicelib.orders import OrderView
from chalicelib.platform import Context, Event, aws, clock, events, queue_url
from chalicelib.platform.log import log
from chalicelib.table import Item, Refused, Transaction, from_item, retry
from chalicelib.webhooks import keys, rules, store
from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.events import FAILED, PAUSED
from chalicelib.webhooks.rules import TEST, Endpoint, Message, PostResult
from chalicelib.webhooks.schemas import OrderMessageView, OrderNewsView, TestMessageView, TestNewsView
from chalicelib.webhooks.transport import post

Post = Callable[[str, Mapping[str, str], bytes, Webhooks], PostResult]

LEASE_SECONDS = 90  # longer than the function may run
CALL_SECONDS = 240  # less than a message of the queue stays hidden after its worker could have ended at the latest
LONGEST_DELAY = 900  # seconds that SQS can hold a message back
AT_ONCE = 25  # lanes or messages restarted by one message of the queue
SUCCESS_PAUSE = timedelta(minutes=10)  # between two writes of an endpoint's last success
LETTER_PAUSE = timedelta(days=1)

# Facts of events that a message carries beside the order. No others: events also name people.
_CHANGE_FIELDS = ("reason", "note", "document", "return_id", "file_id")

# --- from the stream --------------------------------------------------------------------------------------------------


def enqueue(context: Context, event: Event) -> None:
    """Creates a message if the distributor has an endpoint. One read otherwise."""
    facts = event.item
    endpoint = store.read_endpoint(context.table, facts["distributor_id"], consistent=False)
    if endpoint is None:
        return
    message = Message(
        message_id=rules.message_id(facts["at"], event.id),
        distributor_id=endpoint.distributor_id,
        lane=facts["company_id"],
        type=event.name,
        happened_at=facts["at"],
        expires_at=context.expiry(days=context.config[Webhooks].keep_days),
        called_at=clock.epoch(context.now),
        attempt="",
        order_id=facts["order_id"],
        change=_change(facts),
    )
    tx = Transaction()
    store.create_message(tx, message)
    with suppress(Refused):  # created before, but its call may be lost
        context.table.commit(tx)
    _call(message)


def _change(facts: Item) -> dict[str, str]:
    """The facts of the event beside the order; those of a shipment or a return are nested in the event."""
    flat = {**facts, **facts.get("shipment", {}), **facts.get("return", {})}
    return {name: flat[name] for name in _CHANGE_FIELDS if flat.get(name)}


# --- from the queue ---------------------------------------------------------------------------------------------------


def deliver(
    context: Context, message: dict[str, Any], *, post: Post = post, jitter: Callable[[], float] = random.random
) -> None:
    """Handles one message of the queue. Raises when it should come again."""
    request = json.loads(message["body"])
    distributor_id = request["distributor_id"]
    if request["do"] == "wake":
        _wake(context, distributor_id, request["after"])
    elif request["do"] == "replay":
        _replay(context, request)
    else:
        _deliver(context, distributor_id, request["lane"], request["message_id"], post, jitter)


def _deliver(
    context: Context, distributor_id: str, lane: str, message_id: str, post: Post, jitter: Callable[[], float]
) -> None:
    first = store.first_waiting(context.table, distributor_id, lane)
    if first is None:
        return
    message, endpoint = store.read_with_endpoint(context.table, distributor_id, first)
    if message is None:
        store.drop_mark(context.table, distributor_id, lane, first)
    elif endpoint is None:
        _drop(context, message)
    elif first != message_id:
        if rules.is_forgotten(message, clock.epoch(context.now), CALL_SECONDS):
            _call_now(context, message)
        return
    elif not endpoint.active and lane != TEST:
        return  # activation wakes the lane
    elif rules.waits_until(message) > clock.epoch(context.now):
        _call(message, rules.waits_until(message) - clock.epoch(context.now))
        return
    else:
        _attempt(context, endpoint, message, post, jitter)
    _call_next(context, distributor_id, lane)


def _attempt(context: Context, endpoint: Endpoint, message: Message, post: Post, jitter: Callable[[], float]) -> None:
    # Before the message is taken: a failure here is then no half attempt.
    body = _body(context, endpoint, message)
    now = clock.epoch(context.now)
    taken = rules.with_attempt(message, context.new_id("att"), context.at, now + LEASE_SECONDS)
    try:
        store.take(context.table, message, taken)
    except Refused:
        return  # another worker has it
    signed = rules.headers(rules.in_use(endpoint.secrets, now), message.message_id, now, body)
    headers = {"content-type": "application/json", "user-agent": "partner-club-webhooks/1", **signed}
    result = post(endpoint.url, headers, body, context.config[Webhooks])
    settled = rules.with_result(taken, result, context.at, now, context.config[Webhooks].pauses_seconds, jitter())
    _settle(context, settled)
    if settled.state == "delivered" and _is_past(context, endpoint.last_success_at, SUCCESS_PAUSE):
        _note_success(context, endpoint)


def _body(context: Context, endpoint: Endpoint, message: Message) -> bytes:
    if message.lane == TEST:
        trial = TestNewsView(distributor_id=message.distributor_id)
        return TestMessageView(timestamp=message.happened_at, data=trial).model_dump_json().encode()
    named = {"company_id": message.lane, "distributor_id": message.distributor_id, "order_id": message.order_id}
    order = orders.order_told_of(context, named)
    if order is None or order.distributor_id != message.distributor_id:
        raise LookupError(f"{message.message_id} is on an order that is not there")
    shown = OrderView.of_order(order, endpoint.language, orders.free_goods_of(context, order))
    news = OrderNewsView(version=order.version, change=dict(message.change), order=shown)
    return OrderMessageView(type=message.type, timestamp=message.happened_at, data=news).model_dump_json().encode()


@retry("endpoint")
def _settle(context: Context, answered: Message) -> None:
    """Writes the result of an attempt, and its consequences for the endpoint."""
    tx = Transaction()
    store.settle(tx, answered)
    if answered.state == "failed" and answered.lane != TEST:
        _report_failure(tx, context, answered)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "message" not in refused:
            raise
        log.warning("a webhook's attempt counts no more", extra={"message_id": answered.message_id})


def _report_failure(tx: Transaction, context: Context, failed: Message) -> None:
    endpoint = store.read_endpoint(context.table, failed.distributor_id)
    if endpoint is None or not endpoint.active:
        return
    if rules.is_dead(endpoint, failed):
        store.pause_endpoint(tx, endpoint, failed.last_error)
        name = PAUSED
    elif _is_past(context, endpoint.last_letter_at, LETTER_PAUSE):
        store.note_letter(tx, endpoint, context.at)
        name = FAILED
    else:
        return
    events.record(
        tx,
        context,
        keys.webhook_endpoint(failed.distributor_id),
        name,
        distributor_id=failed.distributor_id,
        url=endpoint.url,
        message_id=failed.message_id,
        type=failed.type,
        happened_at=failed.happened_at,
        since=failed.started_at,
        attempts=failed.tries,
        status=failed.last_status,
        error=failed.last_error,
    )


def _note_success(context: Context, endpoint: Endpoint) -> None:
    with suppress(Refused):  # the endpoint was deleted
        store.note_success(context.table, endpoint.distributor_id, context.at)


def _drop(context: Context, message: Message) -> None:
    """Fails the message of a deleted endpoint."""
    tx = Transaction()
    store.settle(tx, rules.failed_with(message, "endpoint_deleted"))
    with suppress(Refused):  # an attempt under way ends with it
        context.table.commit(tx)


def _call_next(context: Context, distributor_id: str, lane: str) -> None:
    """Calls the first message of the lane, read again: calls out of turn were left meanwhile."""
    first = store.first_waiting(context.table, distributor_id, lane)
    if first is None:
        return
    message = store.read_message(context.table, distributor_id, first)
    if message is None:
        send(_delivery_request(distributor_id, lane, first))  # the message expired before its mark
        return
    seconds = rules.waits_until(message) - clock.epoch(context.now)
    if seconds > 0:
        _call(message, seconds)
    else:
        _call_now(context, message)


def _call_now(context: Context, message: Message) -> None:
    """Notes the call first, so that only one of several workers calls."""
    with suppress(Refused):
        store.note_called(context.table, message, clock.epoch(context.now))
        _call(message)


# --- many messages ----------------------------------------------------------------------------------------------------


def _wake(context: Context, distributor_id: str, after: str) -> None:
    """Restarts the first message of each lane."""
    woken = list(islice(store.lanes(context.table, distributor_id, after), AT_ONCE))
    for lane, message_id in woken:
        message = store.read_message(context.table, distributor_id, message_id)
        if message is not None and message.state == "waiting":
            _restart(context, message, rules.restarted(message, clock.epoch(context.now), message.expires_at))
        send(_delivery_request(distributor_id, lane, message_id))
    if len(woken) == AT_ONCE:
        send({"distributor_id": distributor_id, "do": "wake", "after": woken[-1][0]})


def _replay(context: Context, request: dict[str, Any]) -> None:
    """Restarts finished messages of a span, once for each request; waiting messages stay unchanged."""
    page = store.messages_between(
        context.table,
        request["distributor_id"],
        request["since"],
        request["until"],
        limit=AT_ONCE,
        after=request["after"],
    )
    wanted = {"failed"} if request["failed_only"] else {"failed", "delivered"}
    for item in page.items:
        message = from_item(Message, item)
        if message.replay == request["replay"]:
            _call(message)  # restarted by a worker that died before its call
        elif message.state in wanted and message.lane != TEST:
            expires_at = context.expiry(days=context.config[Webhooks].keep_days)
            _restart(
                context, message, rules.restarted(message, clock.epoch(context.now), expires_at, request["replay"])
            )
            _call(message)
    if page.last:
        send({**request, "after": page.last})


def _restart(context: Context, before: Message, message: Message) -> None:
    tx = Transaction()
    store.restart(tx, before, message)
    with suppress(Refused):  # the message changed meanwhile
        context.table.commit(tx)


# --- the queue --------------------------------------------------------------------------------------------------------


def _call(message: Message, seconds: int = 0) -> None:
    send(_delivery_request(message.distributor_id, message.lane, message.message_id), seconds)


def _delivery_request(distributor_id: str, lane: str, message_id: str) -> dict[str, Any]:
    return {"distributor_id": distributor_id, "do": "deliver", "lane": lane, "message_id": message_id}


def send(request: dict[str, Any], seconds: int = 0) -> None:
    aws.sqs().send_message(
        QueueUrl=queue_url("webhooks"),
        MessageBody=json.dumps(request),
        DelaySeconds=min(max(seconds, 0), LONGEST_DELAY),
    )


def _is_past(context: Context, at: str, span: timedelta) -> bool:
    return not at or clock.moment(at) + span < context.now
