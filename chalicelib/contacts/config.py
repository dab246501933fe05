"""Configuration of contacts."""

from datetime import time
from typing import Annotated

from pydantic import Field

from chalicelib.contacts.model import ContactKind, Topic
from chalicelib.platform import Context, Language, Section, SectionPart

Days = Annotated[int, Field(ge=1, le=366)]
TopicCode = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]


class TopicNames(SectionPart):
    name: str
    name_ru: str


class Contacts(Section, name="contacts"):
    """`gaps`: by the kind of a contact, the least days after an earlier one of each kind. Kinds that are not named do not count.

    `topics`: the subjects of letters, which members choose from.
    """

    gaps: dict[ContactKind, dict[ContactKind, Days]]
    topics: dict[TopicCode, TopicNames] = Field(max_length=30)

    def topics_in(self, language: Language) -> list[Topic]:
        return [Topic(code, names.name_ru if language == "ru" else names.name) for code, names in self.topics.items()]


class Slots(Section, name="campaigns.slots"):
    """The hours at which letters of campaigns and reminders come, in each member's own time zone. Weekdays count from Monday (1)."""

    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)
    hours: list[time] = Field(min_length=1, max_length=12)


def topics(context: Context) -> list[str]:
    """The codes of the topics that letters may have."""
    return list(context.config[Contacts].topics)
