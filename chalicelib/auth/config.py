"""Figures of signing in."""

from chalicelib.platform.config import Section


class SignIn(Section, name="sign_in"):
    """How long a code is good, how often it may be tried, and how many are sent in an hour."""

    code_minutes: int
    code_tries: int
    codes_per_address_per_hour: int
    codes_per_caller_per_hour: int
