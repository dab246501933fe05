"""The rooms' declarations, gathered for app.py and for a package."""
