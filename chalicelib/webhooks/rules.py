"""Messages of webhooks: ids, signatures, public addresses, states and pauses. Pure.

    waiting ──taken──▶ waiting, leased ──answer 2xx──▶ delivered
       ▲                    ├──anything else──▶ waiting, later (the pauses)
       │                    └──after the last pause──▶ failed
       └──────────────── restarted ◀── delivered, failed

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

from chalicelib.platform import Language

PREFIX = "whsec_"
MOST_SECRETS = 5  # that sign at once: each is a signature in a header

TEST = "test"  # the lane of messages that test the endpoint
TEST_TYPE = "webhook.test"

MessageState = Literal["waiting", "delivered", "failed"]

# Errors of an attempt. `status`: an answer with another status than 2xx.
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
    """A key for signatures, `whsec_` and base64. `until`: the end of a rotated secret in epoch seconds; None for the present one."""

    text: str
    until: int | None = None


def new_secret(drawn: bytes) -> Secret:
    """`drawn`: 24 to 64 random bytes, as the specification requires."""
    return Secret(PREFIX + base64.b64encode(drawn).decode())


def rotated(secrets: Sequence[Secret], fresh: Secret, *, now: int, overlap: int) -> tuple[Secret, ...]:
    """The fresh secret, and the earlier ones, which end after `overlap` seconds."""
    before = [each if each.until is not None else each._replace(until=now + overlap) for each in secrets]
    return (fresh, *in_use(before, now))[:MOST_SECRETS]


def in_use(secrets: Iterable[Secret], now: int) -> list[Secret]:
    return [each for each in secrets if each.until is None or each.until > now]


def headers(secrets: Iterable[Secret], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of an attempt. `timestamp`: its time in epoch seconds, which a receiver compares with its own clock."""
    moment, text = datetime.fromtimestamp(timestamp, UTC), body.decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(Webhook(each.text).sign(message_id, moment, text) for each in secrets),
    }


def message_id(at: str, cause: str) -> str:
    """`msg_`, the moment and the id of the cause: ids sort by time, and are the same for the same cause.

    `at` is a stored moment, `cause` an id with its prefix.
    """
    return f"{_moment_of(at)}_{cause.rpartition('_')[2]}"


def _moment_of(at: str) -> str:
    return "msg_" + "".join(each for each in at if each.isdigit())


def message_span(since: str, until: str) -> tuple[str, str]:
    """The first and last id of messages between these moments, both included."""
    return _moment_of(since), _moment_of(until) + "_~"


# --- addresses --------------------------------------------------------------------------------------------------------

_PUBLIC_V6 = IPv6Network("2000::/3")  # allocated addresses; mapped, link-local and private ones are outside


def is_public(address: str) -> bool:
    """True for a resolved address in the public internet.

    False for private, shared, link-local (the cloud's metadata), loopback, reserved and multicast addresses, and for IPv6 with an IPv4 inside.
    """
    try:
        ip = ip_address(address)
    except ValueError:  # fe80::1%eth0
        return False
    if isinstance(ip, IPv6Address) and (ip not in _PUBLIC_V6 or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not ip.is_multicast


# --- messages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one distributor's endpoint. Stamps are stored moments; `next_at`, `lease_until`, `called_at` and
    `expires_at` epoch seconds.

    `lane`: the company of the order; messages of a lane are sent one after the other. `change`: facts of the event beside the order.
    `called_at`: time of the last call in the queue. `tries` count since the last start or restart, `attempts` since creation.
    """

    message_id: str
    distributor_id: str
    lane: str
    type: str
    happened_at: str
    expires_at: int
    called_at: int
    attempt: str  # the last one; empty before the first
    order_id: str = ""
    change: Mapping[str, str] = field(default_factory=dict)
    state: MessageState = "waiting"
    attempts: int = 0
    tries: int = 0
    started_at: str = ""  # the first of `tries`
    next_at: int = 0
    lease_until: int = 0
    last_at: str = ""
    last_status: int = 0
    last_error: DeliveryError | Literal[""] = ""
    delivered_at: str = ""
    replay: str = ""  # the last request for a replay


class PostResult(NamedTuple):
    """The result of an attempt: the status of the answer, if there is one, and the error."""

    status: int = 0
    error: DeliveryError | Literal[""] = ""


def result_of(status: int) -> PostResult:
    """2xx is a success. A redirection is an error; 410 means that the endpoint is gone."""
    if 200 <= status < 300:
        return PostResult(status)
    return PostResult(status, "gone" if status == 410 else "status")


def waits_until(message: Message) -> int:
    """The moment before which no attempt may take it, in epoch seconds."""
    return max(message.next_at, message.lease_until)


def with_attempt(message: Message, attempt: str, at: str, lease_until: int) -> Message:
    return replace(
        message,
        attempt=attempt,
        attempts=message.attempts + 1,
        tries=message.tries + 1,
        started_at=message.started_at or at,
        last_at=at,
        lease_until=lease_until,
    )


def with_result(
    message: Message, result: PostResult, at: str, now: int, pauses: Sequence[int], jitter: float
) -> Message:
    """`jitter`, from 0 to 1, makes a pause up to a tenth shorter or longer, which spreads messages that failed together."""
    settled = replace(message, last_status=result.status, last_error=result.error, lease_until=0)
    if not result.error:
        return replace(settled, state="delivered", delivered_at=at)
    if result.error == "gone" or message.lane == TEST or message.tries > len(pauses):
        return replace(settled, state="failed")
    return replace(settled, next_at=now + round(pauses[message.tries - 1] * (0.9 + 0.2 * jitter)))


def failed_with(message: Message, error: DeliveryError) -> Message:
    return replace(message, state="failed", last_error=error)


def is_forgotten(message: Message, now: int, call_seconds: int) -> bool:
    """True when it may be sent and its last call is older than any worker can run."""
    return waits_until(message) <= now and message.called_at + call_seconds <= now


def restarted(message: Message, now: int, expires_at: int, replay: str = "") -> Message:
    """The message, waiting and ready at once, under the same id."""
    anew = replace(message, state="waiting", tries=0, started_at="", next_at=0, called_at=now)
    return replace(anew, expires_at=expires_at, replay=replay or message.replay)


# --- the endpoint -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The endpoint of a distributor. `changed_at`: the last change by a person; `last_success_at`: within ten minutes."""

    distributor_id: str
    url: str
    language: Language
    secrets: tuple[Secret, ...]
    active: bool
    paused_for: DeliveryError | Literal[""]
    changed_at: str
    created_at: str
    last_success_at: str
    last_letter_at: str  # on a failed message
    version: int


def is_dead(endpoint: Endpoint, message: Message) -> bool:
    """True when a failed message means that the endpoint is gone, or that it had no success since the message was started."""
    if message.last_error == "gone":
        return True
    return message.started_at > max(endpoint.last_success_at, endpoint.changed_at)
