"""Ids of notifications, which sort by time, and their read marks. Pure."""

from collections.abc import Mapping
from typing import Any

from chalicelib.mail.notices.model import Notice

_ABOUT_SUFFIX = "_id"
_PRIVATE = {"member_id"}  # the reader knows


def notification_id(at: str, letter_id: str) -> str:
    """`at`: the stored stamp of the letter. Ids of later letters sort later."""
    return f"{_compact(at)}-{letter_id}"


def letter_id_of(notice: Notice) -> str:
    return notice.notification_id.partition("-")[2]


def mark_of(at: str) -> str:
    """Sorts after all notifications up to this moment."""
    return f"{_compact(at)}~"


def is_read(notice: Notice, mark: str) -> bool:
    return bool(notice.read_at) or notice.notification_id < mark


def about_of(event: Mapping[str, Any]) -> dict[str, str]:
    """The ids that an event names: order_id, company_id and the like."""
    return {
        name: value
        for name, value in event.items()
        if name.endswith(_ABOUT_SUFFIX) and name not in _PRIVATE and isinstance(value, str) and value
    }


def _compact(at: str) -> str:
    return at.translate(str.maketrans("", "", "-:."))
