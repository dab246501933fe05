"""Days between contacts, on the calendar of the person."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts.budget import rules
from chalicelib.contacts.config import Contacts
from chalicelib.contacts.model import Channel, ContactKind
from chalicelib.platform.clock import local_day
from chalicelib.platform.config import config

GAPS = config()[Contacts].gaps
ADVERTISING, CONTENT, SMS, TELEPHONE = ContactKind
DAY = date(2026, 3, 17)

# A clock change within the fortnight, a quarter of an hour, the other side of the day line, and a zone that moved.
ZONES = ["Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Almaty", "Europe/Moscow"]
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
kinds = st.sampled_from(ContactKind)


def allowed(kind: ContactKind, last: dict[ContactKind, date], day: date) -> bool:
    first = rules.first_day(kind, last, GAPS)
    return first is None or day >= first


@pytest.mark.parametrize(
    ("kind", "earlier", "days", "allows"),
    [
        (ADVERTISING, ADVERTISING, 13, False),
        (ADVERTISING, ADVERTISING, 14, True),
        (ADVERTISING, CONTENT, 6, False),
        (ADVERTISING, CONTENT, 7, True),
        (CONTENT, ADVERTISING, 6, False),
        (CONTENT, ADVERTISING, 7, True),
        (CONTENT, CONTENT, 6, False),
        (CONTENT, CONTENT, 7, True),
        (SMS, SMS, 29, False),
        (SMS, SMS, 30, True),
        (TELEPHONE, TELEPHONE, 29, False),
        (TELEPHONE, TELEPHONE, 30, True),
        (TELEPHONE, ADVERTISING, 0, True),
        (ADVERTISING, TELEPHONE, 0, True),
    ],
)
def test_the_gap_depends_on_both_contacts(kind: ContactKind, earlier: ContactKind, days: int, allows: bool) -> None:
    assert allowed(kind, {earlier: DAY}, DAY + timedelta(days=days)) is allows


@pytest.mark.parametrize("channel", ["email", "sms", "telephone"])
def test_service_is_exempt(channel: Channel) -> None:
    assert rules.kind_of(channel, "service") is None


@pytest.mark.parametrize(("channel", "kind"), [("sms", SMS), ("telephone", TELEPHONE)])
def test_calls_and_short_messages_are_one_kind_whatever_their_class(channel: Channel, kind: ContactKind) -> None:
    assert rules.kind_of(channel, "advertising") is rules.kind_of(channel, "content") is kind


@given(kind=kinds, last=st.dictionaries(kinds, days), day=days)
def test_the_first_day_and_the_latest_days_say_the_same(
    kind: ContactKind, last: dict[ContactKind, date], day: date
) -> None:
    """The table's condition compares days before, the answer to a person names a day after."""
    latest = rules.latest_days(kind, day, GAPS)
    assert allowed(kind, last, day) is all(last[each] <= latest[each] for each in last.keys() & latest.keys())


@given(
    zone=st.sampled_from(ZONES),
    first=st.datetimes(datetime(2023, 1, 1), datetime(2028, 1, 1)),
    delay=st.integers(0, 60),
    again=st.integers(0, 60),
    weeks=st.integers(0, 4),
)
def test_a_slot_is_a_fortnight_after_itself_whatever_the_clocks_do(
    zone: str, first: datetime, delay: int, again: int, weeks: int
) -> None:
    """Letters leave up to an hour after their slot of 16:30; each has its own delay."""
    local = ZoneInfo(zone)
    slot = first.replace(hour=16, minute=30, second=0, microsecond=0, tzinfo=local)
    later = (slot + timedelta(weeks=weeks)).astimezone(UTC) + timedelta(minutes=again)
    before = local_day(slot.astimezone(UTC) + timedelta(minutes=delay), local)
    assert allowed(ADVERTISING, {ADVERTISING: before}, local_day(later, local)) is (weeks >= 2)


def test_two_slots_across_a_clock_change_are_335_hours_and_a_fortnight_apart() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 3, day, 16, 30, tzinfo=berlin) for day in (17, 31))
    assert (second.astimezone(UTC) - first.astimezone(UTC)) == timedelta(hours=335)
    assert allowed(ADVERTISING, {ADVERTISING: first.date()}, second.date())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Office@Luch.ru", "office@luch.ru"), ("office+anna@luch.ru", "office+boris@luch.ru")],
)
def test_spellings_of_a_mailbox_are_one_address(one: str, other: str) -> None:
    assert rules.address_id("secret", "email", one) == rules.address_id("secret", "email", other)


def test_two_mailboxes_are_two_addresses() -> None:
    assert rules.address_id("secret", "email", "anna@luch.ru") != rules.address_id("secret", "email", "anna@svet.ru")
