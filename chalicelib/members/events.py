"""Events of a member, with `member_id`."""

from chalicelib.platform import EventType

EMAIL_CONFIRMED = EventType("member.email_confirmed")
LEFT = EventType("member.left")
ERASED = EventType("member.erased")
# `role`: the one of the staff that the member has from now on, empty for who was dismissed; `by`: the admin, or null for the club's owner.
STAFF_CHANGED = EventType("member.staff_changed")
