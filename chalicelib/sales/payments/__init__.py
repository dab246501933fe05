"""Payments: which document was paid in full, and when."""
