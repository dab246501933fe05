"""Manual tiers."""
