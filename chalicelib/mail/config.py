"""Config of letters."""

from chalicelib.platform.config import Section


class Letters(Section, name="letters"):
    """Settle times: the wait for the mail service's report on an unanswered attempt. The lease: a worker's hold on a letter."""

    settle_minutes: int
    code_settle_minutes: int
    lease_seconds: int
