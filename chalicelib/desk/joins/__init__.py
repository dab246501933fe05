"""Joins of two companies that are one: by a new KPP, a new name, or two files that name it in two ways."""
