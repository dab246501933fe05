"""The purchases of a company in a month, by brand, category, product, distributor, address and person."""
