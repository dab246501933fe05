"""A question as it is stored, and the letter that answers those with one tag."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question. `member_id`: who asked; empty for somebody outside the club. `by`: who of the staff noted it."""

    question_id: str
    tags: tuple[str, ...]
    text: str
    member_id: str = ""
    company_id: str = ""
    at: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The issue that answers the questions with this tag that were asked until then; those until `since` were answered by earlier ones."""

    tag: str
    until: str
    since: str = ""
    issue_id: str
    version: int = 1
