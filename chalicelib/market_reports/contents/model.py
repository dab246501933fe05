"""Types of a report's files."""

from typing import Literal

FileType = Literal[
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/html",
]


class Unfit(Exception):
    """The content cannot be published. The text is the reason, as a sentence for whoever uploaded it."""
