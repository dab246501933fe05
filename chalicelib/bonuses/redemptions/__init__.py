"""Redemption of bonuses."""
