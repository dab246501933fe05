"""Events of outcomes: `company_id`, `case_id`, `entry_id`, `by`."""

from chalicelib.platform import EventType

DISPLAY_PROMISED = EventType(
    "case.display_promised"
)  # `promotion_id`: a display deal that the company may send a photo for
BENEFITS_PROMISED = EventType("case.benefits_promised")  # a letter on the benefits of the club
UNREACHED = EventType("case.unreached")  # by so many calls in a row that a letter follows
