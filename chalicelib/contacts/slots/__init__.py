"""Slots: the hours at which letters of campaigns and reminders come, in each reader's own time zone."""
