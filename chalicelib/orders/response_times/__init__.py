"""Deadlines of a distributor's answers, and their reminders."""
