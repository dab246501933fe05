"""Forms and views of registration and sign-in. Addresses are compared and kept in lower case."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from chalicelib.members import ConsentForm, PersonName
from chalicelib.platform import Email, Form, Language, View
from chalicelib.platform.fields import NO_ID, shape, unspaced


class RegistrationForm(Form):
    """A new member: full name, email and consents."""

    name: PersonName
    email: Email
    language: Language | None = None
    consents: list[ConsentForm] = Field(min_length=1, max_length=10)


class SignInForm(Form):
    email: Email


class SignInView(View):
    """A sign-in that has begun; the response is alike for every address. A member, or someone who registers, gets a letter with a code."""

    sign_in_id: str
    expires_in: int = Field(description="Seconds until the code expires.")


Code = Annotated[
    str,
    Field(pattern=shape(r"^\d{6}$", "The code has six digits."), description="The six digits in the letter."),
    BeforeValidator(unspaced),
]


class CodeForm(Form):
    sign_in_id: str = Field(pattern=shape(r"^sin_[0-9a-z]{1,64}$", NO_ID))
    code: Code


class TokensView(View):
    """`access_token` goes into the Authorization header of every call; `refresh_token` gets a new one."""

    access_token: str
    refresh_token: str | None = Field(default=None, description="Only after a sign-in; a refresh keeps the old one.")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (no secret)
    expires_in: int = Field(description="Seconds until the access token expires.")


class RefreshForm(Form):
    refresh_token: str = Field(min_length=1, max_length=8192)


class EmailChangeForm(Form):
    """The new address."""

    email: Email


class EmailChangeView(View):
    """A change of address that has begun. The new address gets a letter with a code, unless it has a member already."""

    change_id: str = Field(description="Id to send with the code.")
    expires_in: int = Field(description="Seconds until the code expires.")


class EmailCodeForm(Form):
    change_id: str = Field(
        pattern=shape(r"^emc_[0-9a-z]{1,64}$", NO_ID),
        description="Id of the change.",
        examples=["emc_5e2b8f0c0d534a5c9c1e2f4c5c1f7f10"],
    )
    code: Code
