"""Events of queries: `query_id`."""

from chalicelib.platform import EventType

REQUESTED = EventType("query.requested")
