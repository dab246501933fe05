"""Events of market reports: `report_id`, `by`."""

from chalicelib.platform.events import EventType

PUBLISHED = EventType("report.published")  # `number` of the version, `visible_from`
WITHDRAWN = EventType("report.withdrawn")  # `reason`
