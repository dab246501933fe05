"""Events of a currency's ladder: `ladder_id`, `currency`, `valid_from` (a day)."""

from chalicelib.platform import EventType

ACTIVATED = EventType("tier_ladder.activated")
WITHDRAWN = EventType("tier_ladder.withdrawn")
