"""Configuration of contacts."""

from typing import Annotated

from pydantic import Field

from chalicelib.contacts.model import ContactKind
from chalicelib.platform.config import Section

Days = Annotated[int, Field(ge=1, le=366)]


class Contacts(Section, name="contacts"):
    """`gaps`: by the kind of a contact, the least days after an earlier one of each kind. What is not named does not count."""

    gaps: dict[ContactKind, dict[ContactKind, Days]]
