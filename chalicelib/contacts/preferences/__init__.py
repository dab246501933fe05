"""What people want to hear, and how they leave: by the link in a letter, without signing in."""
