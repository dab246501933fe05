"""A webhook's message, decided without looking anything up: its name, its signature, where it may go, and when it goes again.

    waiting ──taken──▶ waiting, leased ──answered 2xx──▶ delivered
       ▲                    ├──anything else──▶ waiting, later (the pauses)
       │                    └──after the last pause──▶ failed
       └──────────────── replayed ◀── delivered, failed

Names, headers and signature are those of Standard Webhooks 1.0.0:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Literal, NamedTuple

from standardwebhooks import Webhook

from chalicelib.platform.text import Language

PREFIX = "whsec_"
MOST_SECRETS = 5  # that sign at once: each is a signature in a header

TEST = "test"  # the lane and the kind of a message that only tries the endpoint out
TEST_TYPE = "webhook.test"

MessageState = Literal["waiting", "delivered", "failed"]

# Why there was no good answer. `status`: there was one, and its status says no.
DeliveryError = Literal[
    "status",
    "gone",
    "timeout",
    "no_connection",
    "no_address",
    "address_not_public",
    "tls",
    "bad_answer",
    "endpoint_deleted",
]

# --- signing ----------------------------------------------------------------------------------------------------------


class Secret(NamedTuple):
    """What messages are signed with, `whsec_` and base64. `until`: epoch seconds at which a rotated one ends; the present one has none."""

    text: str
    until: int | None = None


def new_secret(drawn: bytes) -> Secret:
    """The spec asks for 24 to 64 random bytes."""
    return Secret(PREFIX + base64.b64encode(drawn).decode())


def rotated(secrets: Sequence[Secret], fresh: Secret, *, now: int, overlap: int) -> tuple[Secret, ...]:
    """The fresh one first; those before it go on for `overlap` seconds, whichever of them the receiver has by now."""
    before = [each if each.until is not None else each._replace(until=now + overlap) for each in secrets]
    return (fresh, *in_use(before, now))[:MOST_SECRETS]


def in_use(secrets: Iterable[Secret], now: int) -> list[Secret]:
    return [each for each in secrets if each.until is None or each.until > now]


def headers(secrets: Iterable[Secret], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """`timestamp`: that of the attempt, in epoch seconds, which a receiver holds against its own clock."""
    moment, text = datetime.fromtimestamp(timestamp, UTC), body.decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(Webhook(each.text).sign(message_id, moment, text) for each in secrets),
    }


def message_id(at: str, cause: str) -> str:
    """`msg_`, the moment, and what tells messages of one moment apart: ids sort as what happened, the same for the same cause.

    `at` as it is stored, `cause` an id with its prefix.
    """
    return f"{_moment_of(at)}_{cause.rpartition('_')[2]}"


def _moment_of(at: str) -> str:
    return "msg_" + "".join(each for each in at if each.isdigit())


def message_span(since: str, until: str) -> tuple[str, str]:
    """Between these lie the ids of all messages of these moments, both included."""
    return _moment_of(since), _moment_of(until) + "_~"


# --- where it may go --------------------------------------------------------------------------------------------------

_PUBLIC_V6 = IPv6Network(
    "2000::/3"
)  # all that is given out to anybody; outside it lie mapped, link-local and private addresses


def is_public(address: str) -> bool:
    """Whether this address, as a resolver gives it, is somebody's in the open internet.

    Not: private, shared, link-local (the cloud's own metadata), loopback, reserved, multicast; nor IPv6 addresses that carry an IPv4 one.
    """
    try:
        ip = ip_address(address)
    except ValueError:  # fe80::1%eth0
        return False
    if isinstance(ip, IPv6Address) and (ip not in _PUBLIC_V6 or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not ip.is_multicast


# --- the way of a message ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one distributor's endpoint. Stamps are stored moments; `next_at`, `lease_until`, `called_at` and
    `expires_at` epoch seconds.

    `lane`: messages of one lane go one after the other; it is the company that the order is of. `change`: what the event tells beside the
    order. `called_at`: when a message of the queue was last sent for it. `tries` count since the message was last started, `attempts` all that ever were.
    """

    message_id: str
    distributor_id: str
    lane: str
    type: str
    happened_at: str
    expires_at: int
    called_at: int
    order_id: str = ""
    change: Mapping[str, str] = field(default_factory=dict)
    state: MessageState = "waiting"
    attempts: int = 0
    tries: int = 0
    started_at: str = ""  # the first try since then
    attempt: str = ""  # the last one
    next_at: int = 0
    lease_until: int = 0
    last_at: str = ""
    last_status: int = 0
    last_error: DeliveryError | Literal[""] = ""
    delivered_at: str = ""
    replay: str = ""  # the request that started it anew


class Answer(NamedTuple):
    """What became of an attempt: the status if there was one, and what was wrong."""

    status: int = 0
    error: DeliveryError | Literal[""] = ""


def answer_of(status: int) -> Answer:
    """2xx is a yes. A redirection is not followed; 410 says that nobody wants any more of it."""
    if 200 <= status < 300:
        return Answer(status)
    return Answer(status, "gone" if status == 410 else "status")


def waits_until(message: Message) -> int:
    """Before this, nobody may take it."""
    return max(message.next_at, message.lease_until)


def taken(message: Message, attempt: str, at: str, lease_until: int) -> Message:
    return replace(
        message,
        attempt=attempt,
        attempts=message.attempts + 1,
        tries=message.tries + 1,
        started_at=message.started_at or at,
        last_at=at,
        lease_until=lease_until,
    )


def answered(message: Message, answer: Answer, at: str, now: int, pauses: Sequence[int], jitter: float) -> Message:
    """`jitter`, from 0 to 1, makes a pause a tenth shorter or longer, so that what failed together does not come together again."""
    told = replace(message, last_status=answer.status, last_error=answer.error, lease_until=0)
    if not answer.error:
        return replace(told, state="delivered", delivered_at=at)
    if answer.error == "gone" or message.lane == TEST or message.tries > len(pauses):
        return replace(told, state="failed")
    return replace(told, next_at=now + round(pauses[message.tries - 1] * (0.9 + 0.2 * jitter)))


def dropped(message: Message, error: DeliveryError) -> Message:
    return replace(message, state="failed", last_error=error)


def is_forgotten(message: Message, now: int, call_seconds: int) -> bool:
    """It may go, and nobody has been called for so long that whoever was has surely ended, or died."""
    return waits_until(message) <= now and message.called_at + call_seconds <= now


def started_anew(message: Message, now: int, expires_at: int, replay: str = "") -> Message:
    """It waits, and may go at once. The name stays: a receiver that has had it knows it again."""
    anew = replace(message, state="waiting", tries=0, started_at="", next_at=0, called_at=now)
    return replace(anew, expires_at=expires_at, replay=replay or message.replay)


# --- the endpoint -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a distributor takes its messages. `changed_at`: by a person; `well_at`: about when it last took one."""

    distributor_id: str
    url: str
    language: Language
    secrets: tuple[Secret, ...]
    active: bool
    paused_for: DeliveryError | Literal[""]
    changed_at: str
    created_at: str
    well_at: str = ""
    told_at: str = ""  # that a message was not taken, by letter
    version: int


def is_dead(endpoint: Endpoint, message: Message) -> bool:
    """Whether a message that failed says so of the whole endpoint: it asked for no more, or took nothing in all the time."""
    if message.last_error == "gone":
        return True
    return message.started_at > max(endpoint.well_at, endpoint.changed_at)
