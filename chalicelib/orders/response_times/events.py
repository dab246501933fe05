"""Events of overdue questions to distributors.

They carry the fields of all order events except `by`, and `waits`: the overdue questions, each with `since`, `kind` and `ref`.
"""

from chalicelib.platform import EventType

UNANSWERED = EventType("order.unanswered")  # to the distributor
ESCALATED = EventType("order.escalated")  # to the head of sales
