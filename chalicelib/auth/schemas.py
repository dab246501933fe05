"""What joining and signing in look like from outside."""

from typing import Literal

from pydantic import Field

from chalicelib.members import ConsentForm, PersonName
from chalicelib.platform.email import Email
from chalicelib.platform.http.forms import Form
from chalicelib.platform.text import Language

"""Compared and kept in lower case: no mail service in use tells addresses apart by case."""


class Registration(Form):
    """Who wants to join: a full name and an email, and what they agree to."""

    name: PersonName
    email: Email
    language: Language | None = None
    consents: list[ConsentForm] = Field(min_length=1, max_length=10)


class SignInForm(Form):
    email: Email


class SignInStarted(Form):
    """The same for every address. If it belongs to a member, or to someone who is joining, a letter with a code is on its way."""

    sign_in_id: str
    expires_in: int = Field(description="Seconds for which the code will be accepted.")


class CodeForm(Form):
    sign_in_id: str = Field(pattern=r"^sin_[0-9a-z]{1,64}$")
    code: str = Field(pattern=r"^\d{6}$", description="The six digits of the letter.")


class Tokens(Form):
    """`access_token` goes into the Authorization header of every call; `refresh_token` gets the next one."""

    access_token: str
    refresh_token: str | None = Field(default=None, description="Only after a sign-in; a refresh keeps the old one.")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (no secret)
    expires_in: int = Field(description="Seconds for which the access token is good.")


class RefreshForm(Form):
    refresh_token: str = Field(min_length=1, max_length=8192)
