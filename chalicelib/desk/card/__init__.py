"""The card of a company: the whole of what the staff know of it, on one page."""
