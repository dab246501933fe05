"""Decisions of the staff above the club's bounds, which wait for a second person."""
