"""Events of a company's delivery addresses: `company_id`, `address_id`, `by`."""

from chalicelib.platform import EventType

ADDED = EventType("company.address_added")
CHANGED = EventType("company.address_changed")
REMOVED = EventType("company.address_removed")
