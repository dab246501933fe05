"""Events of a personal offer: `company_id`, `offer_id`, `by`."""

from chalicelib.platform import EventType

ISSUED = EventType("offer.issued")
WITHDRAWN = EventType("offer.withdrawn")
EXPIRING = EventType("offers.expiring")  # `company_id`, `offer_ids`: in a few days, and no order uses them
