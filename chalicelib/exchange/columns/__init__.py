"""The columns and cells of a sales file."""
