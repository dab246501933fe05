"""Events of goods that the club owes: `company_id`, `entitlement_id`, `currency`, amounts in it; `choice_id` for events of a choice."""

from chalicelib.platform import EventType

AVAILABLE = EventType(
    "goods.available"
)  # `programme`, `gift`, `amount`, `first_day`, `last_day`, `part` of `parts`, `available_from`
EXPIRING = EventType("goods.expiring")  # `gift`, `amount`, `expires_on`, `days_left`
EXPIRED = EventType("goods.expired")
CHOSEN = EventType("goods.chosen")  # `amount`
CANCELLED = EventType("goods.cancelled")  # `expired`: the amount that could not be chosen any more
SHIPPED = EventType("goods.shipped")  # `document`, `day`, `lines`, `amount`
SHIPMENT_REVERSED = EventType("goods.shipment_reversed")  # `shipment_id`, `amount`, `reason`
REVERSED = EventType("goods.reversed")
GIFT_HANDED_OVER = EventType("gift.handed_over")  # `document`, `day`, `amount`, `left`
GIFT_RETURNED = EventType("gift.returned")  # `reason`, `amount`, `left`
