"""Events of a member, with `member_id`."""

from chalicelib.platform.events import EventType

EMAIL_CONFIRMED = EventType("member.email_confirmed")
LEFT = EventType("member.left")
ERASED = EventType("member.erased")
