"""Events of series: `series_id`."""

from chalicelib.platform import EventType

APPROVED = EventType("series.approved")  # those who waited for it go on
