"""Texts that a person reads before joining, and agrees to."""

from chalicelib.platform import Section, SectionPart


class Welcome(Section, name="welcome"):
    """The first page."""

    title: str
    title_ru: str
    data_use: str
    data_use_ru: str
    benefits: list[str]
    benefits_ru: list[str]


class ConsentText(SectionPart):
    version: str
    required: bool
    text: str
    text_ru: str


class Consents(Section):
    """The wordings in force, by purpose."""

    consents: dict[str, ConsentText]
