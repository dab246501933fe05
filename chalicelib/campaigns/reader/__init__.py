"""A member's own letters: those that came, and those to come."""
