from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from chalicelib.platform.clock import day_end, epoch, local_day, moment, now, stamp

MOSCOW = ZoneInfo("Europe/Moscow")


def test_a_stamp_is_utc_with_milliseconds_and_reads_back() -> None:
    there = datetime(2026, 11, 20, 12, 0, 0, 5_900, tzinfo=timezone(timedelta(hours=3)))
    assert stamp(there) == "2026-11-20T09:00:00.005Z"
    assert moment(stamp(there)) == there.replace(microsecond=5_000)


def test_stamps_sort_as_moments_do() -> None:
    start = datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    later = [start + timedelta(milliseconds=step) for step in (0, 1, 1000, 86_400_000)]
    assert [stamp(each) for each in later] == sorted(stamp(each) for each in later)


def test_a_day_is_the_clubs_calendar_day() -> None:
    assert local_day(datetime(2026, 11, 20, 20, 59, tzinfo=UTC), MOSCOW) == date(2026, 11, 20)
    assert local_day(datetime(2026, 11, 20, 21, 0, tzinfo=UTC), MOSCOW) == date(2026, 11, 21)


def test_a_day_ends_where_the_club_begins_the_next_one() -> None:
    assert stamp(day_end(date(2026, 11, 20), MOSCOW)) == "2026-11-20T21:00:00.000Z"
    # The day on which clocks go back has an hour more.
    assert stamp(day_end(date(2026, 10, 25), ZoneInfo("Europe/London"))) == "2026-10-26T00:00:00.000Z"
    assert stamp(day_end(date(2026, 10, 24), ZoneInfo("Europe/London"))) == "2026-10-24T23:00:00.000Z"


def test_epochs_are_whole_seconds_and_now_is_utc() -> None:
    assert epoch(datetime(1970, 1, 2, 0, 0, 0, 999_999, tzinfo=UTC)) == 86_400
    assert now().utcoffset() == timedelta(0)
