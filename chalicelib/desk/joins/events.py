"""Events of a join of two companies: `join_id`."""

from chalicelib.platform import EventType

BEGAN = EventType("company_join.began")  # the work of it, or of its undoing
# `company_id`: the company whose people are told; `other`: the one that it was joined with, or parted from.
DONE = EventType("company_join.done")
UNDONE = EventType("company_join.undone")
