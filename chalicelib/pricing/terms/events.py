"""Events of a company's personal terms: `company_id`, `by`."""

from chalicelib.platform import EventType

CHANGED = EventType("terms.changed")  # `contracts`: how many hold or will hold
