"""Events of a company's tier: `company_id`. Tiers have the names and discounts of the day."""

from chalicelib.platform import EventType

CHANGED = EventType(
    "tier.changed"
)  # `reason`, `before`, `tier`, `next`, `day`, `window_sum` of `window_days`, `currency`
WARNING = EventType(
    "tier.warning"
)  # `tier`, `falls_on`, `falls_to`, `days_left`, `stage`, `needed` and `buy_by` where an order helps
GRANTED = EventType("tier.granted")  # a manual tier: `grant_id`, `tier`, `by`
WITHDRAWN = EventType("tier.withdrawn")  # a manual tier withdrawn: the same facts
