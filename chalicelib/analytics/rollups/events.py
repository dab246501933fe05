"""The event of a rebuild of all rollups: `rebuild_id`."""

from chalicelib.platform import EventType

REBUILD_REQUESTED = EventType("rollups.rebuild_requested")
