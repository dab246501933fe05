"""A distributor's endpoint and the messages to it, as they are asked for and shown; and a message as it is sent."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chalicelib.orders import OrderAnswer
from chalicelib.platform import clock
from chalicelib.platform.fields import Moment
from chalicelib.platform.http.forms import Form, PageQuery, Shown
from chalicelib.platform.text import Language
from chalicelib.webhooks.rules import DeliveryError, Endpoint, Message, MessageState


def _well_formed(url: str) -> str:
    """What every endpoint must be; whether it may be called at all is asked when it is called."""
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or parts.scheme not in ("https", "http"):
        raise PydanticCustomError("url", "Give an address like https://example.com/hooks.")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise PydanticCustomError("url", "Leave out names, passwords and what follows a #.")
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", parts.hostname or ""):
        raise PydanticCustomError("url", "Give the host in ASCII: its xn-- form.")
    return url


Url = Annotated[
    str,
    Field(max_length=2000, pattern=r"^[\x21-\x7e]+$", examples=["https://erp.example.com/hooks/club"]),
    AfterValidator(_well_formed),
]


class WebhookEndpointForm(Form):
    """Where messages go. `active` false holds them back; they go out, in order, when it is true again."""

    url: Url
    active: bool = True
    language: Language | None = Field(
        default=None, description="Of the texts in the orders; the distributor's language if not given."
    )


class MessagesQuery(PageQuery):
    """With `state` a page may hold fewer messages than `limit`; go on while there is a `next_cursor`."""

    state: MessageState | None = Field(default=None, description="Only messages in this state.")


class ReplayForm(Form):
    since: Moment = Field(description="What happened from this moment on.")
    failed_only: bool = Field(default=False, description="Only what was given up.")


class WebhookEndpointView(Shown):
    """The endpoint. A pause that nobody asked for says why: what the last try ended with."""

    url: str
    active: bool
    paused_for: DeliveryError | None
    language: Language
    secrets_in_use: int = Field(description="How many secrets sign: a rotated one goes on for a while.")
    created_at: str
    changed_at: str
    last_success_at: str | None = Field(description="When it last took a message, to some ten minutes.")

    @classmethod
    def of(cls, endpoint: Endpoint, secrets_in_use: int) -> Self:
        return cls(**_about(endpoint, secrets_in_use))


class WebhookEndpointSecretView(WebhookEndpointView):
    """`secret` is told once, with the answer that made it."""

    secret: str | None = Field(description="`whsec_` and base64, as libraries of Standard Webhooks take it.")

    @classmethod
    def telling(cls, endpoint: Endpoint, secrets_in_use: int, secret: str | None) -> Self:
        return cls(**_about(endpoint, secrets_in_use), secret=secret)


def _about(endpoint: Endpoint, secrets_in_use: int) -> dict[str, Any]:
    return {
        "url": endpoint.url,
        "active": endpoint.active,
        "paused_for": endpoint.paused_for or None,
        "language": endpoint.language,
        "secrets_in_use": secrets_in_use,
        "created_at": endpoint.created_at,
        "changed_at": endpoint.changed_at,
        "last_success_at": endpoint.well_at or None,
    }


class WebhookDeliveryView(Shown):
    """A message on its way. `delivery_id` is its `webhook-id`."""

    delivery_id: str
    type: str = Field(examples=["order.placed"])
    order_id: str | None
    happened_at: str
    state: MessageState
    attempts: int
    last_attempt_at: str | None
    last_status: int | None = Field(description="HTTP status of the last answer; null without one.")
    last_error: DeliveryError | None = Field(description="Why the last try did not count; null where it did.")
    next_attempt_at: str | None = Field(
        description="Not before; of a message that waits. Null where it goes as soon as it is its turn."
    )
    delivered_at: str | None

    @classmethod
    def of(cls, message: Message) -> Self:
        waits = message.state == "waiting" and message.next_at > 0
        return cls(
            delivery_id=message.message_id,
            type=message.type,
            order_id=message.order_id or None,
            happened_at=message.happened_at,
            state=message.state,
            attempts=message.attempts,
            last_attempt_at=message.last_at or None,
            last_status=message.last_status or None,
            last_error=message.last_error or None,
            next_attempt_at=clock.stamp(datetime.fromtimestamp(message.next_at, UTC)) if waits else None,
            delivered_at=message.delivered_at or None,
        )


class WebhookDeliveryPage(Shown):
    items: list[WebhookDeliveryView]
    next_cursor: str | None


class ReplayView(Shown):
    """What happened between these moments is sent again, but what waits anyway."""

    since: str
    until: str
    failed_only: bool


# --- what is sent -----------------------------------------------------------------------------------------------------


class OrderNewsView(Shown):
    """`version` grows with each step of the order: what comes with a lower one than you have is older than what you have."""

    version: int
    change: dict[str, str] = Field(description="What the event tells beside the order, such as `reason`, `document`.")
    order: OrderAnswer = Field(description="As it is when the message is sent, as the API shows it to the distributor.")


class OrderMessageView(Shown):
    """A message on an order. `timestamp`: when it happened."""

    type: str = Field(examples=["order.placed"])
    timestamp: str = Field(examples=["2026-11-20T09:00:00.000Z"])
    data: OrderNewsView


class TestNewsView(Shown):
    distributor_id: str


class TestMessageView(Shown):
    """A message that only tries the endpoint out."""

    type: Literal["webhook.test"] = "webhook.test"
    timestamp: str = Field(examples=["2026-11-20T09:00:00.000Z"])
    data: TestNewsView
