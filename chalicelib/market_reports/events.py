"""Events of market reports: `report_id`, `by`."""

from chalicelib.platform import EventType

# `number` of the version, `visible_from`, `notice_slot`: of the letter about it; empty for none
PUBLISHED = EventType("report.published")
WITHDRAWN = EventType("report.withdrawn")  # `reason`
