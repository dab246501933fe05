"""Events of queries: `query_id`."""

from chalicelib.platform.events import EventType

REQUESTED = EventType("query.requested")
