"""Event of a join of two companies: `join_id`. It begins, or its undoing begins."""

from chalicelib.platform.events import EventType

BEGAN = EventType("company_join.began")
