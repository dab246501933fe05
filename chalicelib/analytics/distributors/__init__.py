"""The service of distributors: how soon they answer and ship, and how much they reject or cut."""
