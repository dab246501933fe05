"""The event of a list of best sellers: `list_id`."""

from chalicelib.platform import EventType

REQUESTED = EventType("best_sellers.requested")
