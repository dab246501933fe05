"""Regions: the one that INN and KPP tell, and the manager who takes care of it."""
