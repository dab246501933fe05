"""The work of the club's staff that needs several rooms at once."""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("hand_overs", "card", "companies", "joins")

with opened_when_asked(__name__):
    from chalicelib.desk.hand_overs.rules import Row as HandOverRow
    from chalicelib.desk.hand_overs.service import start_rows as start_hand_over
