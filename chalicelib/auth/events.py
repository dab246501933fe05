"""The event of a sign-in: the item of the sign-in itself, with `sign_in_id`, `email` and `language`.

`member_id` is whose address it is, `registration` what somebody who joins said; a stranger's has neither.
"""

from chalicelib.platform.events import EventType

SIGN_IN_REQUESTED = EventType("sign_in.requested")
