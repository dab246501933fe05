"""Personal offers, each to one company for one order."""
