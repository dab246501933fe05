"""Spending of bonuses."""
