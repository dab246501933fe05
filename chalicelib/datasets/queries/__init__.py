"""Documented questions to the datasets, and their answers as files."""
