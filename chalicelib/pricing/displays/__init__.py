"""Display deals: goods displayed in one shop earn the discount in all shops of the chain."""
