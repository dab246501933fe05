"""A company's own analytics: its purchases against the year before, with its tier, bonuses and discounts."""
