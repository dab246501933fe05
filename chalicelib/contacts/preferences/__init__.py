"""Topics and channels that people choose, and leaving, by the link in a letter and without signing in."""
