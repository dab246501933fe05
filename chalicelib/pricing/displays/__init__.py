"""Display deals: goods shown in one shop earn the discount in all shops of the chain."""
