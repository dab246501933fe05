"""Events of a photographed display: `proof_id`, `company_id`, `inn`, `member_id`, `shop_address`.

`promotion`: `promotion_id`, its names, and `last`, its last day. `reason`: why it was rejected.
"""

from chalicelib.platform import EventType

APPROVED = EventType("display.approved")
REJECTED = EventType("display.rejected")
