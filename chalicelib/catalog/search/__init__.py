"""The search index of products."""
