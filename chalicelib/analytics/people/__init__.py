"""The club's people by quarter: joins, complete profiles, visits and active members."""
