"""The event of a member: `member_id`."""

from chalicelib.platform.events import EventType

EMAIL_CONFIRMED = EventType("member.email_confirmed")
