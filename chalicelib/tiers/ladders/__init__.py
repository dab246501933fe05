"""Ladders: drawn up, activated from a day, withdrawn."""
