"""Throttles: requests counted in windows of time, and refused when a window is full.

Weakest point: a window begins at a round moment, so twice its limit may come around one.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform import clock, keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.ids import derived_id
from chalicelib.table.key import Key
from chalicelib.table.transactions import Refused, Transaction

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def throttle(context: Context, what: str, who: str, most: int, window: timedelta) -> None:
    """Counts one more request of this kind. Raises 429 once `most` were counted in the window."""
    end = window_end(context, window)
    try:
        context.table.update(
            throttle_key(context, what, who, window),
            add={"count": 1},
            put={"expires_at": clock.epoch(end)},
            when=_room(most),
        )
    except Refused:
        raise too_many(context, window) from None


def hold_throttle(
    tx: Transaction, context: Context, what: str, who: str, most: int, window: timedelta, detail: str | None = None
) -> None:
    """Counts one more request of this kind in its own transaction, which raises 429 once `most` were counted in the window."""
    tx.update(
        throttle_key(context, what, who, window),
        add={"count": 1},
        put={"expires_at": clock.epoch(window_end(context, window))},
        when=_room(most),
        label=what,
    )
    tx.instead[what] = too_many(context, window, detail)


def check_throttle(context: Context, what: str, who: str, most: int, window: timedelta) -> None:
    """Counts nothing. Raises 429 if `most` were counted in the window."""
    counted = context.table.get(throttle_key(context, what, who, window))
    if counted and counted["count"] >= most:
        raise too_many(context, window)


def _room(most: int) -> ConditionBase:
    return Attr("count").not_exists() | Attr("count").lt(most)


def network_of(address: str) -> str:
    """The network that a counter takes for one caller: an IPv4 address, or the 64 bits of an IPv6 address that one connection has as its own."""
    if ":" not in address:
        return address
    whole = IPv6Address(address)
    return str(whole.ipv4_mapped or IPv6Network((whole, 64), strict=False))


def throttle_key(context: Context, what: str, who: str, window: timedelta) -> Key:
    """Hashed: a counter need not say whose it is."""
    return keys.throttle(what, derived_id("who", who), clock.stamp(window_end(context, window) - window))


def window_end(context: Context, window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    return clock.from_epoch((clock.epoch(context.now) // seconds + 1) * seconds)


def too_many(context: Context, window: timedelta, detail: str | None = None) -> Problem:
    """The refusal, which says in how many seconds the window ends."""
    wait = max(1, int((window_end(context, window) - context.now).total_seconds()))
    return Problem("too_many_requests", detail, headers={"Retry-After": str(wait)})
