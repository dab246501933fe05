"""Tiers granted by hand."""
