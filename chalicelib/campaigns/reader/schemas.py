from typing import Literal

from pydantic import Field

from chalicelib.platform import View

LetterKind = Literal["service", "issue", "series"]


class LetterView(View):
    """A letter that came."""

    kind: LetterKind
    subject: str
    topic: str | None = Field(description="Null for a service letter.")
    at: str


class ComingLetterView(View):
    """A letter to come, unless the contact budget or a choice of yours says otherwise until then."""

    kind: LetterKind
    subject: str
    topic: str
    slot: str = Field(description="In your own time zone.", examples=["2026-12-01T12:30"])


class LettersView(View):
    """Your letters."""

    came: list[LetterView] = Field(description="The last 50 of 90 days, newest first.")
    coming: list[ComingLetterView] = Field(description="By slot: steps of series, and approved issues of 31 days.")
