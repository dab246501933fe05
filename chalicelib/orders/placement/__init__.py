"""Cart to order, in one transaction."""
