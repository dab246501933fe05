"""Files of a distributor's shipments: many orders shipped by one file."""
