"""Bonuses that purchases earn."""
