"""Bonuses paid in goods: owed, chosen, shipped."""
