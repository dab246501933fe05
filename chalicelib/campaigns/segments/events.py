"""The event of an audience: `audience_id`."""

from chalicelib.platform.events import EventType

REQUESTED = EventType("audience.requested")
