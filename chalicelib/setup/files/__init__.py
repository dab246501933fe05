"""Files that set a club up: its staff, its distributors, and the manager of each region."""
