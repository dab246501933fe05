"""Repeated orders and the usual order."""
