"""Config of regions."""

from chalicelib.platform.config import Section, SectionPart


class RegionName(SectionPart):
    name: str
    name_ru: str


class Regions(Section):
    """Further regions of the club by their code, beside those of Russia in ISO 3166-2: another country's, for instance."""

    regions: dict[str, RegionName] = {}
