"""Opening and closing of volume periods."""
