"""Events of exports: `export_id`."""

from chalicelib.platform import EventType

REQUESTED = EventType("export.requested")
READY = EventType("export.ready")  # `member_id` of who asked, `source`, `rows`
