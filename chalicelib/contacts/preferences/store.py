"""Items of the topics that a person turned off, and of addresses that unsubscribed, beside their budgets.

The mark outlives the person: it holds a keyed hash, and stays when the person is erased and imported again. Only a consent that the
reader gave in person later than that, signed in or at registration, counts more.
"""

from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.contacts.model import Channel
from chalicelib.table import Key, Transaction

CHANNELS: tuple[Channel, ...] = ("sms", "telephone")  # that are turned off by themselves; e-mail is by the consent


def choose(tx: Transaction, key: Key, *, topics_off: list[str], channels_off: list[str], at: str) -> None:
    tx.update(key, put={"topics_off": topics_off, "channels_off": channels_off, "chosen_at": at})


def mark_unsubscribed(tx: Transaction, key: Key, at: str) -> None:
    tx.update(key, put={"unsubscribed_at": at})


def topics_off(item: Mapping[str, Any] | None) -> list[str]:
    return list((item or {}).get("topics_off", []))


def channels_off(item: Mapping[str, Any] | None) -> list[str]:
    return list((item or {}).get("channels_off", []))


def has_unsubscribed(item: Mapping[str, Any] | None, agreed_at: str) -> bool:
    """The address unsubscribed, and the reader did not agree in person after that."""
    return "unsubscribed_at" in (item or {}) and (item or {})["unsubscribed_at"] >= agreed_at


def wants(channel: Channel, topic: str) -> ConditionBase:
    """The condition that a person turned neither the channel nor the topic off."""
    condition = _not_among("channels_off", channel)
    return condition & _not_among("topics_off", topic) if topic else condition


def is_subscribed(agreed_at: str) -> ConditionBase:
    """The condition that is the contrary of `has_unsubscribed`."""
    return Attr("unsubscribed_at").not_exists() | Attr("unsubscribed_at").lt(agreed_at)


def _not_among(attribute: str, value: str) -> ConditionBase:
    return Attr(attribute).not_exists() | ~Attr(attribute).contains(value)
