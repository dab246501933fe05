"""Offers to one company, for one order."""
