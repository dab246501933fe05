"""Webhooks: signed messages on orders to the systems of distributors, in order for each company, until they are delivered."""
