"""The order itself: its record, its rules, its place in the table."""
