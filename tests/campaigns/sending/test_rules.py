"""The moment of a slot, missed slots, and when an issue pauses itself; the pace of a worker."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.plan import rules as plan_rules
from chalicelib.campaigns.plan.model import Slot
from chalicelib.campaigns.sending import rules
from chalicelib.campaigns.sending.pace import Pace

WEEKDAYS, HOURS = [2, 4], [time(12, 30), time(16, 30)]
LIMITS = SimpleNamespace(pause_letters=200, pause_bounce_percent=Decimal(4), pause_complaint_percent=Decimal("0.08"))
zones = st.sampled_from(
    ["Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "Asia/Omsk", "America/St_Johns", "Pacific/Kiritimati"]
).map(ZoneInfo)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


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
    assert f"{plan_rules.moment_of(Slot(day, time(12, 30)), ZoneInfo(zone)):%Y-%m-%dT%H:%M}" == moment


@given(now=moments, zone=zones)
def test_the_next_slot_is_one_of_the_clubs_is_to_come_and_none_comes_before_it(now: datetime, zone: ZoneInfo) -> None:
    slot = plan_rules.slot_after(now, zone, weekdays=WEEKDAYS, hours=HOURS)
    moment = plan_rules.moment_of(slot, zone)
    assert slot.day.isoweekday() in WEEKDAYS
    assert slot.hour in HOURS
    assert now < moment <= now + timedelta(days=6)
    local = now.astimezone(zone).replace(tzinfo=None)
    day = local.date()
    while day <= slot.day:
        for hour in HOURS:
            other = Slot(day, hour)
            if day.isoweekday() in WEEKDAYS and other < slot:
                assert plan_rules.moment_of(other, zone) <= now
        day += timedelta(days=1)


@given(now=moments, minutes=st.integers(0, 300))
def test_a_slot_is_missed_after_more_than_the_allowed_time(now: datetime, minutes: int) -> None:
    late = timedelta(minutes=60)
    assert plan_rules.is_missed(now - timedelta(minutes=minutes), now, late) is (minutes > 60)


@pytest.mark.parametrize(
    ("sent", "bounced", "complained", "reason"),
    [
        (199, 199, 199, None),
        (200, 7, 0, None),
        (200, 8, 0, "bounces"),
        (200, 0, 1, "complaints"),
        (1250, 49, 1, "complaints"),
        (1251, 50, 1, None),
        (10_000, 399, 7, None),
        (10_000, 400, 0, "bounces"),
    ],
)
def test_an_issue_pauses_itself_at_four_percent_bounces_or_eight_in_ten_thousand_complaints(
    sent: int, bounced: int, complained: int, reason: str | None
) -> None:
    assert rules.breach(sent, bounced, complained, LIMITS) == reason


@given(rate=st.floats(0.5, 50), waits=st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_no_second_has_more_letters_than_the_rate_but_for_one_seconds_store(rate: float, waits: list[float]) -> None:
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    pace = Pace(rate, clock=lambda: clock.now, sleep=sleep)
    for letters, wait in enumerate(waits, 1):
        sleep(wait)
        pace.wait()
        assert letters <= max(1.0, rate) + clock.now * rate + 1e-6
