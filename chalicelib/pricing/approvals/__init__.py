"""Tiers, offers and terms above the club's bounds: listed, approved, rejected."""
