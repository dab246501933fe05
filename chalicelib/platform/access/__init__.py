"""The caller, and the scopes of each role."""
