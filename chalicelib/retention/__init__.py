"""Retention: the purchase rhythm of each company, and what follows from it."""

# A wing uses only those before it.
WINGS = ("rhythm", "suggestions", "states", "waves")
