"""A cart at today's prices, with nothing kept of it."""
