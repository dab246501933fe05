"""Events of a demand. Each carries it whole: `demand_id`, `company_id`, `member_id`, `opened_at`, `quantity` in the article's unit.

`sku` is the article, or empty where `text` describes the goods. `answered`, when it is: `by` ("stock" or "staff"), `at`, `sku`, `text`,
`member_id`.
"""

from chalicelib.platform import EventType

OPENED = EventType("demand.opened")
CHANGED = EventType("demand.changed")
CANCELLED = EventType("demand.cancelled")
ANSWERED = EventType("demand.answered")
