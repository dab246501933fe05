"""The event of a suppression, beside its address: `reason` why it was lifted, `by` whom, `of` what was reported."""

from chalicelib.platform import EventType

SUPPRESSION_LIFTED = EventType("suppression.lifted")
