"""The content plan: issues, their slots, and the calendar."""
