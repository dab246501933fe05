"""Orders' events, on their way to the systems of distributors: Standard Webhooks, signed, in order, until they are taken.

    an order's event ──tell──▶ a MESSAGE, waiting ──▶ a message to the webhooks' queue ──deliver──▶ POST
    what a person asks for ──webhook.called──on_called──▶ the queue

*In order.* Messages of one company are a lane: only the first one that waits may be sent, so what comes after a message that fails waits with
it, and other companies' messages do not. Each waiting message has a message of the queue that names it. Who finds that it is not its turn
leaves; whoever ends with a message calls the next of the lane. Who finds that it is its turn, but not yet, calls again later. What is first, may
go and was not called for `CALL_SECONDS` is called by whoever comes upon it: its own message of the queue is lost, or a worker died before it
called.

*Once taken.* An attempt takes the message (its id and a lease, which outlasts the function's time limit), posts it, and writes down what came
of it. Who dies in between leaves the lease, and after it the message is sent again under the same `webhook-id`, by which a receiver tells
that it has had it. So does whoever replays it.

*Given up.* After the last pause the message is failed, is shown so, and the lane goes on. If the endpoint took nothing in all that time
it is paused: messages then wait until a person makes it active again. In both cases the distributor gets a letter; not more than one a
day of single messages.

The order goes out as it is when it is sent, not as it was when the event happened: whoever was away for a day gets no orders of
yesterday.

Weakest point: an endpoint that answers slowly holds a worker for `answer_seconds` a try, and one with hundreds of lanes may hold all of
them for minutes, whoever else waits.
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
from chalicelib.platform import aws, clock, events
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.log import log
from chalicelib.platform.settings import queue_url
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Item, Refused, Transaction
from chalicelib.webhooks import keys, rules, store
from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.events import FAILED, PAUSED
from chalicelib.webhooks.rules import TEST, Answer, Endpoint, Message
from chalicelib.webhooks.schemas import OrderMessageView, OrderNewsView, TestMessageView, TestNewsView
from chalicelib.webhooks.transport import post

Post = Callable[[str, Mapping[str, str], bytes, Webhooks], Answer]

LEASE_SECONDS = 90  # longer than the function may run
CALL_SECONDS = 240  # less than a message of the queue stays hidden after its worker could have ended at the latest
LONGEST_DELAY = 900  # seconds that SQS can hold a message back
AT_ONCE = 25  # lanes that are woken, or messages that are started anew, by one message of the queue
WELL_FOR = timedelta(minutes=10)  # how often it is noted that an endpoint takes messages
TOLD_FOR = timedelta(days=1)

# Of what events tell, what the distributor is told beside the order. Nothing else: events also name people.
_NEWS = ("reason", "note", "document", "return_id")

# --- from the stream --------------------------------------------------------------------------------------------------


def tell(context: Context, event: Event) -> None:
    """A message, if the distributor has an endpoint. One read otherwise."""
    told = event.item
    endpoint = store.read_endpoint(context.table, told["distributor_id"], consistent=False)
    if endpoint is None:
        return
    message = Message(
        message_id=rules.message_id(told["at"], event.id),
        distributor_id=endpoint.distributor_id,
        lane=told["company_id"],
        type=event.name,
        happened_at=told["at"],
        expires_at=context.expiry(days=context.config[Webhooks].keep_days),
        called_at=clock.epoch(context.now),
        order_id=told["order_id"],
        change=_change(told),
    )
    tx = Transaction()
    store.create_message(tx, message)
    with suppress(Refused):  # told before; but its message of the queue may not have been sent
        context.table.commit(tx)
    _call(message)


def _change(told: Item) -> dict[str, str]:
    """Of a shipment and of a return, which the event tells whole, the names under which the order shows them."""
    flat = {**told, **told.get("shipment", {}), **told.get("return", {})}
    return {name: flat[name] for name in _NEWS if flat.get(name)}


# --- from the queue ---------------------------------------------------------------------------------------------------


def deliver(
    context: Context,
    message: dict[str, Any],
    *,
    post: Post = post,
    jitter: Callable[[], float] = random.random,
) -> None:
    """Does what one message of the queue asks for. Raises when it should come again."""
    told = json.loads(message["body"])
    distributor_id = told["distributor_id"]
    if told["do"] == "wake":
        _wake(context, distributor_id, told["after"])
    elif told["do"] == "replay":
        _replay(context, told)
    else:
        _deliver(context, distributor_id, told["lane"], told["message_id"], post, jitter)


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
        return  # whoever makes it active wakes the lane
    elif rules.waits_until(message) > clock.epoch(context.now):
        _call(message, rules.waits_until(message) - clock.epoch(context.now))
        return
    else:
        _attempt(context, endpoint, message, post, jitter)
    _call_next(context, distributor_id, lane)


def _attempt(context: Context, endpoint: Endpoint, message: Message, post: Post, jitter: Callable[[], float]) -> None:
    # Before it is taken: what cannot be written is a failure like any other, and not half an attempt.
    body = _body(context, endpoint, message)
    now = clock.epoch(context.now)
    taken = rules.taken(message, context.new_id("att"), context.at, now + LEASE_SECONDS)
    try:
        store.take(context.table, message, taken)
    except Refused:
        return  # another worker has it
    signed = rules.headers(rules.in_use(endpoint.secrets, now), message.message_id, now, body)
    headers = {"content-type": "application/json", "user-agent": "partner-club-webhooks/1", **signed}
    answer = post(endpoint.url, headers, body, context.config[Webhooks])
    answered = rules.answered(taken, answer, context.at, now, context.config[Webhooks].pauses_seconds, jitter())
    _settle(context, answered)
    if answered.state == "delivered" and _is_past(context, endpoint.well_at, WELL_FOR):
        _note_well(context, endpoint)


def _body(context: Context, endpoint: Endpoint, message: Message) -> bytes:
    if message.lane == TEST:
        trial = TestNewsView(distributor_id=message.distributor_id)
        return TestMessageView(timestamp=message.happened_at, data=trial).model_dump_json().encode()
    order = orders.load_order(context, message.lane, message.order_id)
    if order is None or order.distributor_id != message.distributor_id:
        raise LookupError(f"{message.message_id} is on an order that is not there")
    shown = OrderView.of_order(order, endpoint.language, orders.free_goods_of(context, order))
    news = OrderNewsView(version=order.version, change=dict(message.change), order=shown)
    return OrderMessageView(type=message.type, timestamp=message.happened_at, data=news).model_dump_json().encode()


@retry("endpoint")
def _settle(context: Context, answered: Message) -> None:
    """Writes down what came of an attempt, with what follows for the endpoint when the message was the last straw."""
    tx = Transaction()
    store.settle(tx, answered)
    if answered.state == "failed" and answered.lane != TEST:
        _tell(tx, context, answered)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "message" not in refused:
            raise
        log.warning("a webhook's attempt counts no more", extra={"message_id": answered.message_id})


def _tell(tx: Transaction, context: Context, failed: Message) -> None:
    endpoint = store.read_endpoint(context.table, failed.distributor_id)
    if endpoint is None or not endpoint.active:
        return
    if rules.is_dead(endpoint, failed):
        store.pause_endpoint(tx, endpoint, failed.last_error)
        name = PAUSED
    elif _is_past(context, endpoint.told_at, TOLD_FOR):
        store.note_told(tx, endpoint, context.at)
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


def _note_well(context: Context, endpoint: Endpoint) -> None:
    with suppress(Refused):  # it is gone
        store.note_well(context.table, endpoint.distributor_id, context.at)


def _drop(context: Context, message: Message) -> None:
    """There is no endpoint any more."""
    tx = Transaction()
    store.settle(tx, rules.dropped(message, "endpoint_deleted"))
    with suppress(Refused):  # an attempt under way ends with it
        context.table.commit(tx)


def _call_next(context: Context, distributor_id: str, lane: str) -> None:
    """Read anew: what was written meanwhile found that it was not its turn, and left."""
    first = store.first_waiting(context.table, distributor_id, lane)
    if first is None:
        return
    message = store.read_message(context.table, distributor_id, first)
    if message is None:
        send(_asking_for(distributor_id, lane, first))  # it has expired before its mark
        return
    seconds = rules.waits_until(message) - clock.epoch(context.now)
    if seconds > 0:
        _call(message, seconds)
    else:
        _call_now(context, message)


def _call_now(context: Context, message: Message) -> None:
    """Noted first, so that of all who come upon it one calls."""
    with suppress(Refused):
        store.note_called(context.table, message, clock.epoch(context.now))
        _call(message)


# --- many at once -----------------------------------------------------------------------------------------------------


def _wake(context: Context, distributor_id: str, after: str) -> None:
    """The first message of each lane may go at once, whatever it waited for."""
    woken = list(islice(store.lanes(context.table, distributor_id, after), AT_ONCE))
    for lane, message_id in woken:
        message = store.read_message(context.table, distributor_id, message_id)
        if message is not None and message.state == "waiting":
            _start_anew(context, message, rules.started_anew(message, clock.epoch(context.now), message.expires_at))
        send(_asking_for(distributor_id, lane, message_id))
    if len(woken) == AT_ONCE:
        send({"distributor_id": distributor_id, "do": "wake", "after": woken[-1][0]})


def _replay(context: Context, told: dict[str, Any]) -> None:
    """What is over in this span waits again, once for this request; what waits anyway is left alone."""
    page = store.messages_between(
        context.table, told["distributor_id"], told["since"], told["until"], limit=AT_ONCE, after=told["after"]
    )
    wanted = {"failed"} if told["failed_only"] else {"failed", "delivered"}
    for item in page.items:
        message = store.message_of(item)
        if message.replay == told["replay"]:
            _call(message)  # by a worker that died before it said so
        elif message.state in wanted and message.lane != TEST:
            expires_at = context.expiry(days=context.config[Webhooks].keep_days)
            _start_anew(
                context, message, rules.started_anew(message, clock.epoch(context.now), expires_at, told["replay"])
            )
            _call(message)
    if page.last:
        send({**told, "after": page.last})


def _start_anew(context: Context, before: Message, message: Message) -> None:
    tx = Transaction()
    store.start_anew(tx, before, message)
    with suppress(Refused):  # it moved on by itself
        context.table.commit(tx)


# --- the queue --------------------------------------------------------------------------------------------------------


def _call(message: Message, seconds: int = 0) -> None:
    send(_asking_for(message.distributor_id, message.lane, message.message_id), seconds)


def _asking_for(distributor_id: str, lane: str, message_id: str) -> dict[str, Any]:
    return {"distributor_id": distributor_id, "do": "deliver", "lane": lane, "message_id": message_id}


def send(told: dict[str, Any], seconds: int = 0) -> None:
    aws.sqs().send_message(
        QueueUrl=queue_url("webhooks"),
        MessageBody=json.dumps(told),
        DelaySeconds=min(max(seconds, 0), LONGEST_DELAY),
    )


def _is_past(context: Context, at: str, span: timedelta) -> bool:
    return not at or clock.moment(at) + span < context.now
