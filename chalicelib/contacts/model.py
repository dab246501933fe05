"""Channels, classes and kinds of contacts, and the answer to whether one is allowed."""

from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

Channel = Literal["email", "sms", "telephone"]
ContactClass = Literal["advertising", "content", "service"]
Reason = Literal[
    "recipient_gone",
    "no_address",
    "suppressed",
    "unsubscribed",
    "no_consent",
    "channel_off",
    "topic_off",
    "closed_down",
    "contact_budget",
    "address_budget",
]


CONSENT = "advertising"  # the purpose that a member agrees to


class ContactKind(StrEnum):
    """A contact as the budget knows it: only letters are told apart by their class."""

    EMAIL_ADVERTISING = "email_advertising"
    EMAIL_CONTENT = "email_content"
    SMS = "sms"
    TELEPHONE = "telephone"


class Topic(NamedTuple):
    """A topic of letters, which a person may turn off."""

    code: str
    name: str


class Verdict(NamedTuple):
    """Whether a contact is allowed. `next_day`: the first day on which it may be, where a budget is the reason."""

    allowed: bool
    reason: Reason | None = None
    next_day: date | None = None
