"""Sales files as the staff bring and follow them."""
