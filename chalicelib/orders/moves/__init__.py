"""Orders that go to the company that their own turned out to be."""
