"""Events of an order that a distributor has not answered in time: what all events of orders carry but `by`, and `waits`.

`waits`: the open questions, each with `since`, `kind` and `ref`.
"""

from chalicelib.platform.events import EventType

UNANSWERED = EventType("order.unanswered")  # told to the distributor
ESCALATED = EventType("order.escalated")  # told to the head of sales
