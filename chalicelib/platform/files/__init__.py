"""Files that people upload or download."""
