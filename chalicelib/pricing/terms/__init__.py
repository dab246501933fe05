"""Personal terms of a company, by contract."""
