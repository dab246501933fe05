"""Events of a sign-in and of a change of address. The first is the item of the sign-in itself, with `sign_in_id`, `email` and `language`.

`member_id` is whose address it is, `registration` what somebody who joins said; a stranger's has neither.
"""

from chalicelib.platform import EventType

SIGN_IN_REQUESTED = EventType("sign_in.requested")
# The change itself, with `change_id`, `member_id`, `email` and `language`; `taken` where the address has a member already.
EMAIL_CHANGE_REQUESTED = EventType("member.email_change_requested")
EMAIL_CHANGED = EventType("member.email_changed")  # `member_id`, `former`: the address before
