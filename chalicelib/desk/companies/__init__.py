"""The list of companies as the staff work through it: by tier, rhythm and what waits, in the order that they ask for."""
