"""Goods that a cart gets on top."""
