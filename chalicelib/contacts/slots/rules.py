"""The moments of slots. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.contacts.slots.model import Slot

OPEN = timedelta(minutes=60)  # a letter that waits for a slot may leave so long after its beginning


def slots_from(day: date, weekdays: Sequence[int], hours: Sequence[time]) -> Iterator[Slot]:
    """Slots from this day on, without an end. Weekdays count from Monday (1)."""
    while True:
        if day.isoweekday() in weekdays:
            yield from (Slot(day, hour) for hour in sorted(hours))
        day += timedelta(days=1)


def moment_of(slot: Slot, zone: ZoneInfo) -> datetime:
    """The moment of a slot in a time zone. An hour that a clock change leaves out is the hour after it."""
    return datetime.combine(slot.day, slot.hour, zone).astimezone(UTC)


def slot_after(
    now: datetime, zone: ZoneInfo, *, weekdays: Sequence[int], hours: Sequence[time], first: date = date.min
) -> Slot:
    """The first slot that is still to come in this time zone, on the day `first` or later."""
    slots = slots_from(max(now.astimezone(zone).date(), first), weekdays, hours)
    return next(slot for slot in slots if moment_of(slot, zone) > now)


def open_slot(now: datetime, zone: ZoneInfo, *, weekdays: Sequence[int], hours: Sequence[time]) -> Slot:
    """The slot that is open, or the next one."""
    return slot_after(now - OPEN, zone, weekdays=weekdays, hours=hours)
