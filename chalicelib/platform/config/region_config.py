"""Regions and their names. `regions.toml` holds those of ISO 3166-2:RU; a club adds others in its config."""

import tomllib
from functools import cache
from pathlib import Path

from chalicelib.platform.config import Config, Section, SectionPart
from chalicelib.platform.text import Language

_FILE = Path(__file__).parent / "regions.toml"


class RegionName(SectionPart):
    name: str
    name_ru: str


class Regions(Section):
    """Further regions of the club by their code, beside those of Russia in ISO 3166-2: another country's, for instance."""

    regions: dict[str, RegionName] = {}


def region_names(config: Config, language: Language) -> dict[str, str]:
    """The names by code, in the order of the names."""
    further = {code: {"en": each.name, "ru": each.name_ru} for code, each in config[Regions].regions.items()}
    names = {code: texts[language] for code, texts in (_of_russia() | further).items()}
    return dict(sorted(names.items(), key=lambda each: each[1].replace("ё", "е")))


def is_region(config: Config, code: str) -> bool:
    """Whether there is such a region: a Russian one is known by name, one of another country need not be."""
    return not code.startswith("RU-") or code in _of_russia() or code in config[Regions].regions


@cache
def _of_russia() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
