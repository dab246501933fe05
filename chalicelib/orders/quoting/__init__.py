"""A cart at today's prices, without storing it."""
