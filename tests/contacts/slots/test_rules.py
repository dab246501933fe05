"""The moment of a slot in each zone, and the slot that a letter waits for."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts.slots import rules
from chalicelib.contacts.slots.model import Slot

WEEKDAYS, HOURS = [2, 4], [time(12, 30), time(16, 30)]
TUESDAY = date(2026, 12, 1)
zones = st.sampled_from(
    ["Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "Asia/Omsk", "America/St_Johns", "Pacific/Kiritimati"]
).map(ZoneInfo)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


def test_slots_come_in_order_without_an_end() -> None:
    found = list(islice(rules.slots_from(TUESDAY, WEEKDAYS, HOURS), 5))
    assert [each.text for each in found] == [
        "2026-12-01T12:30",
        "2026-12-01T16:30",
        "2026-12-03T12:30",
        "2026-12-03T16:30",
        "2026-12-08T12:30",
    ]


@pytest.mark.parametrize(
    ("day", "zone", "moment"),
    [
        (date(2027, 3, 25), "Europe/Berlin", "2027-03-25T11:30"),  # before the clocks change
        (date(2027, 3, 30), "Europe/Berlin", "2027-03-30T10:30"),  # and after
        (date(2027, 3, 30), "Europe/Moscow", "2027-03-30T09:30"),
        (date(2027, 3, 30), "Asia/Kathmandu", "2027-03-30T06:45"),
    ],
)
def test_a_slot_is_that_hour_in_each_zone_whatever_the_clocks_do(day: date, zone: str, moment: str) -> None:
    assert f"{rules.moment_of(Slot(day, time(12, 30)), ZoneInfo(zone)):%Y-%m-%dT%H:%M}" == moment


@given(now=moments, zone=zones)
def test_the_next_slot_is_one_of_the_clubs_is_to_come_and_none_comes_before_it(now: datetime, zone: ZoneInfo) -> None:
    slot = rules.slot_after(now, zone, weekdays=WEEKDAYS, hours=HOURS)
    moment = rules.moment_of(slot, zone)
    assert slot.day.isoweekday() in WEEKDAYS
    assert slot.hour in HOURS
    assert now < moment <= now + timedelta(days=6)
    local = now.astimezone(zone).replace(tzinfo=None)
    day = local.date()
    while day <= slot.day:
        for hour in HOURS:
            other = Slot(day, hour)
            if day.isoweekday() in WEEKDAYS and other < slot:
                assert rules.moment_of(other, zone) <= now
        day += timedelta(days=1)


@given(now=moments, zone=zones)
def test_a_letter_waits_for_the_next_slot_unless_one_began_within_the_hour(now: datetime, zone: ZoneInfo) -> None:
    found = rules.moment_of(rules.open_slot(now, zone, weekdays=WEEKDAYS, hours=HOURS), zone)
    coming = rules.moment_of(rules.slot_after(now, zone, weekdays=WEEKDAYS, hours=HOURS), zone)
    day = now.astimezone(zone).date()
    begun = [rules.moment_of(Slot(day, hour), zone) for hour in HOURS if day.isoweekday() in WEEKDAYS]
    is_open = any(timedelta(0) <= now - moment < timedelta(hours=1) for moment in begun)
    assert found <= now if is_open else found == coming


@pytest.mark.parametrize(
    ("at", "waits"),
    [
        ("2026-11-24T09:29:59", "2026-11-24T09:30:00"),
        ("2026-11-24T09:30:00", ""),
        ("2026-11-24T10:29:59", ""),
        ("2026-11-24T10:30:00", "2026-11-24T13:30:00"),
        ("2026-11-20T01:00:00", "2026-11-24T09:30:00"),
    ],
)
def test_a_slot_is_open_for_an_hour(at: str, waits: str) -> None:
    now = datetime.fromisoformat(f"{at}Z")
    zone = ZoneInfo("Europe/Moscow")
    found = rules.moment_of(rules.open_slot(now, zone, weekdays=WEEKDAYS, hours=HOURS), zone)
    assert (f"{found:%Y-%m-%dT%H:%M:%S}" if found > now else "") == waits


def test_a_slot_before_midnight_stays_that_of_its_day() -> None:
    now = datetime.fromisoformat("2026-11-25T00:10:00+03:00")
    slot = rules.open_slot(now, ZoneInfo("Europe/Moscow"), weekdays=WEEKDAYS, hours=[time(23, 30)])
    assert slot.text == "2026-11-24T23:30"
