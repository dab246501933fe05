"""Figures of purchases: rollups by month, a company's own analytics, statements, and the club's figures."""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("rollups", "company", "settlements", "statements", "distributors", "promotions", "club", "people")

with opened_when_asked(__name__):
    from chalicelib.analytics.rollups.datasets import SOURCES as TIER_SOURCES
