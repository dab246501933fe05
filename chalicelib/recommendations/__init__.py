"""Recommendations: articles that other buyers buy together with the articles of a company, counted every night from sales."""

from chalicelib.platform.registry.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.recommendations.service import new_for_you
