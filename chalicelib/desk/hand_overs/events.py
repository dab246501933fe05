"""Events of a hand-over of many companies. Each carries `hand_over_id`."""

from chalicelib.platform import EventType

BEGAN = EventType("portfolio.hand_over_began")
# One for each receiving manager: `manager_id`, `companies` (how many), `names` (of the first ones), `by`.
HANDED_OVER = EventType("portfolio.handed_over")
