"""Bonuses paid in goods: entitlements, choices, shipments."""
