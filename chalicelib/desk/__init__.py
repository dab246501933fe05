"""The work of the club's staff that needs several rooms at once."""

# A wing uses only those before it.
WINGS = ("hand_overs", "card", "companies", "joins")
