"""Bonuses: a ledger by double entry, and what falls due in it."""
