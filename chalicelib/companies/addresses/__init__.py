"""Delivery addresses of a company."""
