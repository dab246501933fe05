"""Events of call lists. `manager_id`, `day`, `calls`: their number."""

from chalicelib.platform import EventType

LISTED = EventType("calls.listed")
