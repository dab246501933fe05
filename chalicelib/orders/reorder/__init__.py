"""Ordering again: an order as it was, and the usual order."""
