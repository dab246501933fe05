"""The arithmetic of the budget: calendar days of the person, not hours.

Two Tuesdays at 16:30 are 14 days apart even when a clock change makes them 335 hours, or the first letter left at 16:37.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from chalicelib.contacts.model import Channel, ContactClass, ContactKind
from chalicelib.platform.ids import secret_id
from chalicelib.platform.spelling.email_address import mailbox_of

Gaps = Mapping[ContactKind, Mapping[ContactKind, int]]
LastDays = Mapping[ContactKind, date]

_LETTERS = {"advertising": ContactKind.EMAIL_ADVERTISING, "content": ContactKind.EMAIL_CONTENT}


def kind_of(channel: Channel, contact_class: ContactClass) -> ContactKind | None:
    """The kind that a contact spends; None for service, which is exempt."""
    if contact_class == "service":
        return None
    return _LETTERS[contact_class] if channel == "email" else ContactKind(channel)


def latest_days(kind: ContactKind, day: date, gaps: Gaps) -> dict[ContactKind, date]:
    """By earlier kind: its latest day that allows a contact of this kind on `day`."""
    return {earlier: day - timedelta(days=days) for earlier, days in gaps.get(kind, {}).items()}


def first_day(kind: ContactKind, last: LastDays, gaps: Gaps) -> date | None:
    """The first day that allows a contact of this kind; None where no earlier contact counts."""
    days = gaps.get(kind, {})
    return max((last[each] + timedelta(days=days[each]) for each in last.keys() & days.keys()), default=None)


def own_gap(kind: ContactKind, gaps: Gaps) -> int:
    """Days between two contacts of this kind; a month where the club has set none."""
    return gaps.get(kind, {}).get(kind, 30)


def address_id(secret: str, channel: Channel, address: str) -> str:
    """One id for one mailbox or telephone, as a keyed hash."""
    return secret_id("adr", secret, mailbox_of(address) if channel == "email" else address)
