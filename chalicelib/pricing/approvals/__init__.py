"""Tiers and offers above the club's bounds: listed, approved, rejected."""
