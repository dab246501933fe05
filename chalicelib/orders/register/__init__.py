"""All orders of the club, for its staff: found by number, period, state, company, distributor, manager and sum."""
