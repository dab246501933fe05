"""The event of a market report: `report_id`, `segment`."""

from chalicelib.platform.events import EventType

PUBLISHED = EventType("report.published")
