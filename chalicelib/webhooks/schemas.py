"""Forms and views of endpoints and deliveries, and the body of a message."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chalicelib.orders import OrderView
from chalicelib.platform import Form, Language, View, clock, narrowed
from chalicelib.platform.fields import Moment, shape
from chalicelib.webhooks.rules import DeliveryError, Endpoint, Message, MessageState


def _well_formed(url: str) -> str:
    """Checks the form of an address; each call checks that it is public."""
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or parts.scheme not in ("https", "http"):
        raise PydanticCustomError("url", "Give an address like https://example.com/hooks.")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise PydanticCustomError("url", "Leave out the user name, the password and the fragment (#).")
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", parts.hostname or ""):
        raise PydanticCustomError("url", "Give the host in ASCII (its xn-- form).")
    return url


Url = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=shape(r"^[\x21-\x7e]+$", "An address has no spaces, and is written in ASCII."),
        examples=["https://erp.example.com/hooks/club"],
    ),
    AfterValidator(_well_formed),
]


class WebhookEndpointForm(Form):
    """The address for messages. An inactive endpoint holds messages back; they are sent, in order, when it is active again."""

    url: Url
    active: bool = True
    language: Language | None = Field(
        default=None, description="Language of texts in the orders; by default the distributor's."
    )


class ReplayForm(Form):
    since: Moment = Field(description="Events from this moment on.")
    failed_only: bool = Field(default=False, description="Only messages that failed.")


class WebhookEndpointView(View):
    """The endpoint for messages. `paused_for`: the last error, when the club paused it."""

    url: str
    active: bool
    paused_for: DeliveryError | None
    language: Language
    secrets_in_use: int = Field(description="Number of secrets that sign; a rotated secret signs for one more day.")
    created_at: str
    changed_at: str
    last_success_at: str | None = Field(description="Time of the last delivered message, within ten minutes.")

    @classmethod
    def of(cls, endpoint: Endpoint, secrets_in_use: int, **more: Any) -> Self:
        return cls.from_record(endpoint, secrets_in_use=secrets_in_use, **more)


class WebhookEndpointSecretView(WebhookEndpointView):
    """The endpoint with its secret, which is shown only when it is created."""

    secret: str | None = Field(description="`whsec_` and base64, the form that libraries of Standard Webhooks expect.")


class WebhookDeliveryView(View):
    """The delivery of a message. `delivery_id` is its `webhook-id`."""

    delivery_id: str
    type: str = Field(examples=["order.placed"])
    order_id: str | None
    happened_at: str
    state: MessageState
    attempts: int
    last_attempt_at: str | None
    last_status: int | None = Field(description="HTTP status of the last answer; null without an answer.")
    last_error: DeliveryError | None = Field(description="Error of the last attempt; null for none.")
    next_attempt_at: str | None = Field(
        description="Earliest next attempt of a waiting message; null when it is sent in its turn."
    )
    delivered_at: str | None

    @classmethod
    def of(cls, message: Message) -> Self:
        waits = message.state == "waiting" and message.next_at > 0
        return cls.from_record(
            message,
            delivery_id=message.message_id,
            last_attempt_at=message.last_at or None,
            last_status=message.last_status or None,
            next_attempt_at=clock.stamp(datetime.fromtimestamp(message.next_at, UTC)) if waits else None,
        )


MessagesQuery = narrowed(WebhookDeliveryView, same=("state", "type", "order_id"), day=("happened_at",))


class ReplayView(View):
    """The span of a replay. Messages of this span are sent again; those still waiting are not affected."""

    since: str
    until: str
    failed_only: bool


# --- the body of a message --------------------------------------------------------------------------------------------


class OrderNewsView(View):
    """The content of a message on an order. `version` grows with each step of the order: a lower version is older."""

    version: int
    change: dict[str, str] = Field(description="Facts of the event besides the order, such as `reason` and `document`.")
    order: OrderView = Field(description="The order at the time of sending, as the API shows it to the distributor.")


class OrderMessageView(View):
    """A message on an order. `timestamp` is the time of the event."""

    type: str = Field(examples=["order.placed"])
    timestamp: str = Field(description="The moment of the event.", examples=["2026-11-20T09:00:00.000Z"])
    data: OrderNewsView


class TestNewsView(View):
    distributor_id: str


class TestMessageView(View):
    """A message that tests the endpoint."""

    type: Literal["webhook.test"] = "webhook.test"
    timestamp: str = Field(examples=["2026-11-20T09:00:00.000Z"])
    data: TestNewsView
