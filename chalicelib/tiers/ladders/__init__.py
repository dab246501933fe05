"""Ladders: drafts, activation from a day, withdrawal."""
