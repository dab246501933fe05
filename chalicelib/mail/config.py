"""Figures of sending letters."""

from chalicelib.platform.config import Section


class Letters(Section, name="letters"):
    """How long an unanswered attempt waits for the mail service's report, and how long a worker holds a letter."""

    settle_minutes: int
    code_settle_minutes: int
    lease_seconds: int
