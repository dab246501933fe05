"""Limits that an order holds while it lives: credit, promotions, binding stock, offers, promises of free goods."""
