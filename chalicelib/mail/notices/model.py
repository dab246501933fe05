"""A notification as a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification of a member. `letter`: the name of its letter; `about`: ids of what it tells of, by their names in the API.

    `page_url`: where the letter's button leads.
    """

    notification_id: str
    letter: str
    title: str
    text: str
    at: str
    about: Mapping[str, str] = field(default_factory=dict)
    page_url: str = ""
    read_at: str = ""
