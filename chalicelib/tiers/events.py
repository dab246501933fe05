"""Events of a company's tier: `company_id`. Tiers are told with their names and discounts, as they are on the day."""

from chalicelib.platform.events import EventType

CHANGED = EventType(
    "tier.changed"
)  # `reason`, `before`, `tier`, `next`, `day`, `window_sum` of `window_days`, `currency`
WARNING = EventType(
    "tier.warning"
)  # `tier`, `falls_on`, `falls_to`, `days_left`, `stage`, `needed` and `buy_by` where an order helps
GRANTED = EventType("tier.granted")  # a manager's word: `grant_id`, `tier`, `by`
WITHDRAWN = EventType("tier.withdrawn")  # the same taken back
