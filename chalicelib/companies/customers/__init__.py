"""Customers of sales files, and the companies that they are."""
