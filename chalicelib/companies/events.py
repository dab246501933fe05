"""Events of a company and its people. Each carries `company_id`; those of a person `member_id`; `by` is the member who did it.
`quiet`: nobody gets a letter of it, since enough were written that day.

`company.registered` is the company's own item, with all that was told of it.
"""

from chalicelib.platform import EventType

REGISTERED = EventType("company.registered")
# `changes`: the fields, as they are now; of contacts their number. `before`: INN and KPP that somebody of the staff corrected, if that was it.
CHANGED = EventType("company.changed")
# `from_manager`, `to_manager`: members of the staff, or null; `confirmed`: the person with whose confirmation it came, if with any;
# `hand_over_id`: of the hand-over of many companies that it was part of, if of any.
MANAGER_CHANGED = EventType("company.manager_changed")
PERSON_CLAIMED = EventType("company.person_claimed")
PERSON_INVITED = EventType("company.person_invited")  # `role`
PERSON_CONFIRMED = EventType("company.person_confirmed")  # `role`
PERSON_CHANGED = EventType("company.person_changed")  # `changes`
PERSON_REMOVED = EventType("company.person_removed")
OWNER_LEFT = EventType("company.owner_left")  # the last one: nobody can act for the company in everything
CLAIM_REFUSED = EventType("company.claim_refused")
JOINED = EventType("company.joined")  # `into`: the company that it is from now on; `join_id`
PARTED = EventType("company.parted")  # the same, undone
