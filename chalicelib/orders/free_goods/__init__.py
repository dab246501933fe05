"""Goods on top of an order: promised with it, granted by its payments, shipped by the distributor."""
