"""The index of products, and finding in it."""
