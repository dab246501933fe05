"""Bonuses that partners of the coalition grant through machine clients."""
