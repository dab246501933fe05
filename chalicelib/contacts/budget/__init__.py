"""The contact budget: days between two contacts of a person, and of an address."""
