"""Events of cases: `company_id`, `case_id`, `entry_id`, `by`."""

from chalicelib.platform import EventType

REOPENED = EventType("case.reopened")  # another entry corrects the one that said that the company had closed down
