"""The reasons of a tier as of any day."""
