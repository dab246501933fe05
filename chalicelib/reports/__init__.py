"""TODO by its author."""
