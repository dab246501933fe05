"""Orders that the club's staff place for a company."""
