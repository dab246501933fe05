"""Bonuses added or taken away by hand."""
