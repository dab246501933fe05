"""Types of a report's files."""

import re
from typing import Literal

FileType = Literal["application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/html"]

# The address of a link to click, from its beginning: of the web, a mailbox, a telephone, or a place beside the file.
LINK = re.compile(r"(https?:|ftps?:|mailto:|tel:|(?!//|[\w+.-]+:)[^\\])", re.IGNORECASE)


class Unfit(Exception):
    """The content cannot be published. The text is the reason, as a sentence for the person who uploaded it."""
