"""Notifications in the portal: subject and first words of a member's service letters, with read marks."""
