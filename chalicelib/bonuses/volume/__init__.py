"""Volume bonuses of a month, quarter or year."""
