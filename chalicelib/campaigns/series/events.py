"""Events of series: `series_id`."""

from chalicelib.platform.events import EventType

APPROVED = EventType("series.approved")  # those who waited for it go on
