"""Events of an audience: `audience_id`."""

from chalicelib.platform import EventType

REQUESTED = EventType("audience.requested")
SHARD_FROZEN = EventType("audience.shard_frozen")  # `issue_id`: all people of one shard are kept for this issue
