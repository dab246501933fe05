"""A company's bonuses by double entry: postings, lots, balances, statements."""
