"""Payments of documents in full."""
