"""Files that set a club up: its staff, its distributors, the manager of each region, and what companies get."""
