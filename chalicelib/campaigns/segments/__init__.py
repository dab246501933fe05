"""Segments and their audiences."""
