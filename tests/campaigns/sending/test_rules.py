"""Missed slots, and when an issue pauses itself; the pace of a worker."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.plan import rules as plan_rules
from chalicelib.campaigns.sending import rules
from chalicelib.campaigns.sending.pace import Pace

WEEKDAYS, HOURS = [2, 4], [time(12, 30), time(16, 30)]
LIMITS = SimpleNamespace(pause_letters=200, pause_bounce_percent=Decimal(4), pause_complaint_percent=Decimal("0.08"))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


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
