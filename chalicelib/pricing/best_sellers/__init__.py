"""Best sellers of a period, for promotions that name them."""
