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
from chalicelib.orders import OrderAnswer
from chalicelib.platform import aws, clock, events
from chalicelib.platform.context import Work
from chalicelib.platform.events import Event
from chalicelib.platform.log import log
from chalicelib.platform.settings import queue_url
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Item, Refused, Transaction
from chalicelib.webhooks import keys, rules, store
from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.events import FAILED, PAUSED
from chalicelib.webhooks.rules import TEST, Answer, Endpoint, Message
from chalicelib.webhooks.schemas import OrderMessage, OrderNews, TrialMessage, TrialNews
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


def tell(work: Work, event: Event) -> None:
    """A message, if the distributor has an endpoint. One read otherwise."""
    told = event.item
    endpoint = store.read_endpoint(work.table, told["distributor_id"], consistent=False)
    if endpoint is None:
        return
    message = Message(
        message_id=rules.message_id(told["at"], event.id),
        distributor_id=endpoint.distributor_id,
        lane=told["company_id"],
        type=event.name,
        happened_at=told["at"],
        expires_at=work.expiry(days=work.config[Webhooks].keep_days),
        called_at=clock.epoch(work.now),
        order_id=told["order_id"],
        change=_change(told),
    )
    tx = Transaction()
    store.create_message(tx, message)
    with suppress(Refused):  # told before; but its message of the queue may not have been sent
        work.table.commit(tx)
    _call(message)


def _change(told: Item) -> dict[str, str]:
    """Of a shipment and of a return, which the event tells whole, the names under which the order shows them."""
    flat = {**told, **told.get("shipment", {}), **told.get("return", {})}
    return {name: flat[name] for name in _NEWS if flat.get(name)}


# --- from the queue ---------------------------------------------------------------------------------------------------


def deliver(
    work: Work,
    message: dict[str, Any],
    *,
    post: Post = post,
    jitter: Callable[[], float] = random.random,
) -> None:
    """Does what one message of the queue asks for. Raises when it should come again."""
    told = json.loads(message["body"])
    distributor_id = told["distributor_id"]
    if told["do"] == "wake":
        _wake(work, distributor_id, told["after"])
    elif told["do"] == "replay":
        _replay(work, told)
    else:
        _deliver(work, distributor_id, told["lane"], told["message_id"], post, jitter)


def _deliver(
    work: Work, distributor_id: str, lane: str, message_id: str, post: Post, jitter: Callable[[], float]
) -> None:
    first = store.first_waiting(work.table, distributor_id, lane)
    if first is None:
        return
    message, endpoint = store.read_with_endpoint(work.table, distributor_id, first)
    if message is None:
        store.drop_mark(work.table, distributor_id, lane, first)
    elif endpoint is None:
        _drop(work, message)
    elif first != message_id:
        if rules.is_forgotten(message, clock.epoch(work.now), CALL_SECONDS):
            _call_now(work, message)
        return
    elif not endpoint.active and lane != TEST:
        return  # whoever makes it active wakes the lane
    elif rules.waits_until(message) > clock.epoch(work.now):
        _call(message, rules.waits_until(message) - clock.epoch(work.now))
        return
    else:
        _attempt(work, endpoint, message, post, jitter)
    _call_next(work, distributor_id, lane)


def _attempt(work: Work, endpoint: Endpoint, message: Message, post: Post, jitter: Callable[[], float]) -> None:
    # Before it is taken: what cannot be written is a failure like any other, and not half an attempt.
    body = _body(work, endpoint, message)
    now = clock.epoch(work.now)
    taken = rules.taken(message, work.new_id("att"), work.at, now + LEASE_SECONDS)
    try:
        store.take(work.table, message, taken)
    except Refused:
        return  # another worker has it
    signed = rules.headers(rules.in_use(endpoint.secrets, now), message.message_id, now, body)
    headers = {"content-type": "application/json", "user-agent": "partner-club-webhooks/1", **signed}
    answer = post(endpoint.url, headers, body, work.config[Webhooks])
    answered = rules.answered(taken, answer, work.at, now, work.config[Webhooks].pauses_seconds, jitter())
    _settle(work, answered)
    if answered.state == "delivered" and _is_past(work, endpoint.well_at, WELL_FOR):
        _note_well(work, endpoint)


def _body(work: Work, endpoint: Endpoint, message: Message) -> bytes:
    if message.lane == TEST:
        trial = TrialNews(distributor_id=message.distributor_id)
        return TrialMessage(timestamp=message.happened_at, data=trial).model_dump_json().encode()
    order = orders.load_order(work, message.lane, message.order_id)
    if order is None or order.distributor_id != message.distributor_id:
        raise LookupError(f"{message.message_id} is on an order that is not there")
    shown = OrderAnswer.told(order, endpoint.language, orders.gifts_of(work, order))
    news = OrderNews(version=order.version, change=dict(message.change), order=shown)
    return OrderMessage(type=message.type, timestamp=message.happened_at, data=news).model_dump_json().encode()


@retry("endpoint")
def _settle(work: Work, answered: Message) -> None:
    """Writes down what came of an attempt, with what follows for the endpoint when the message was the last straw."""
    tx = Transaction()
    store.settle(tx, answered)
    if answered.state == "failed" and answered.lane != TEST:
        _tell(tx, work, answered)
    try:
        work.table.commit(tx)
    except Refused as refused:
        if "message" not in refused:
            raise
        log.warning("a webhook's attempt counts no more", extra={"message_id": answered.message_id})


def _tell(tx: Transaction, work: Work, failed: Message) -> None:
    endpoint = store.read_endpoint(work.table, failed.distributor_id)
    if endpoint is None or not endpoint.active:
        return
    if rules.is_dead(endpoint, failed):
        store.pause_endpoint(tx, endpoint, failed.last_error)
        name = PAUSED
    elif _is_past(work, endpoint.told_at, TOLD_FOR):
        store.note_told(tx, endpoint, work.at)
        name = FAILED
    else:
        return
    events.record(
        tx,
        work,
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


def _note_well(work: Work, endpoint: Endpoint) -> None:
    with suppress(Refused):  # it is gone
        store.note_well(work.table, endpoint.distributor_id, work.at)


def _drop(work: Work, message: Message) -> None:
    """There is no endpoint any more."""
    tx = Transaction()
    store.settle(tx, rules.dropped(message, "endpoint_deleted"))
    with suppress(Refused):  # an attempt under way ends with it
        work.table.commit(tx)


def _call_next(work: Work, distributor_id: str, lane: str) -> None:
    """Read anew: what was written meanwhile found that it was not its turn, and left."""
    first = store.first_waiting(work.table, distributor_id, lane)
    if first is None:
        return
    message = store.read_message(work.table, distributor_id, first)
    if message is None:
        send(_asking_for(distributor_id, lane, first))  # it has expired before its mark
        return
    seconds = rules.waits_until(message) - clock.epoch(work.now)
    if seconds > 0:
        _call(message, seconds)
    else:
        _call_now(work, message)


def _call_now(work: Work, message: Message) -> None:
    """Noted first, so that of all who come upon it one calls."""
    with suppress(Refused):
        store.note_called(work.table, message, clock.epoch(work.now))
        _call(message)


# --- many at once -----------------------------------------------------------------------------------------------------


def _wake(work: Work, distributor_id: str, after: str) -> None:
    """The first message of each lane may go at once, whatever it waited for."""
    woken = list(islice(store.lanes(work.table, distributor_id, after), AT_ONCE))
    for lane, message_id in woken:
        message = store.read_message(work.table, distributor_id, message_id)
        if message is not None and message.state == "waiting":
            _start_anew(work, message, rules.started_anew(message, clock.epoch(work.now), message.expires_at))
        send(_asking_for(distributor_id, lane, message_id))
    if len(woken) == AT_ONCE:
        send({"distributor_id": distributor_id, "do": "wake", "after": woken[-1][0]})


def _replay(work: Work, told: dict[str, Any]) -> None:
    """What is over in this span waits again, once for this request; what waits anyway is left alone."""
    page = store.messages_between(
        work.table, told["distributor_id"], told["since"], told["until"], limit=AT_ONCE, after=told["after"]
    )
    wanted = {"failed"} if told["failed_only"] else {"failed", "delivered"}
    for item in page.items:
        message = store.message_of(item)
        if message.replay == told["replay"]:
            _call(message)  # by a worker that died before it said so
        elif message.state in wanted and message.lane != TEST:
            expires_at = work.expiry(days=work.config[Webhooks].keep_days)
            _start_anew(work, message, rules.started_anew(message, clock.epoch(work.now), expires_at, told["replay"]))
            _call(message)
    if page.last:
        send({**told, "after": page.last})


def _start_anew(work: Work, before: Message, message: Message) -> None:
    tx = Transaction()
    store.start_anew(tx, before, message)
    with suppress(Refused):  # it moved on by itself
        work.table.commit(tx)


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


def _is_past(work: Work, at: str, span: timedelta) -> bool:
    return not at or clock.moment(at) + span < work.now
