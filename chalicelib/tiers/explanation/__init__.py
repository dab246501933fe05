"""Explanations of the tier of any day."""
