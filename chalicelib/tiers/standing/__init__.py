"""Standings: the tier of a company, today and on later days."""
