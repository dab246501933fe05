"""Events of a company's state.

`company_id`, `state`, `was`: the state before, "no_orders" for none. `since`: the first day of the state; `day`: the day on which it was found.
`last_order`: the day of the last order, absent without one. `early_warning` and `no_order`: probabilities, absent without an order.
The reminder of the next order, once for an order: `company_id`, `last_order`, and the window `first`, `last`.
The alarm of a big client, once for a silence: `company_id`, `last_order`, `early_warning`, and `share_percent` of the club's turnover of a year.
"""

from chalicelib.platform import EventType

STATE_CHANGED = EventType("rhythm.changed")
BIG_CLIENT_QUIET = EventType("big_client.quiet")
ORDER_EXPECTED = EventType("order.expected")
