"""Closed market reports: published by marketing, read by members with a complete profile, every reading logged."""
