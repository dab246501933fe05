"""Moments as they are stored and shown: UTC, RFC 3339, milliseconds, `Z`."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TICK = timedelta(milliseconds=1)  # the smallest difference of two moments as they are stored


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """`2026-11-22T09:30:00.000Z`. Sorts as text the way it sorts in time."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def moment(text: str) -> datetime:
    """Back from `stamp`."""
    return datetime.fromisoformat(text)


def epoch(moment: datetime) -> int:
    """Whole seconds, for the table's TTL."""
    return int(moment.timestamp())


def from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of this moment in the club's time zone."""
    return moment.astimezone(zone).date()


def wall_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """Date, hour and minute on the club's clocks, without a zone: as people read it."""
    return moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of the club's next day."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
