"""Names of regions. `regions.toml` holds those of ISO 3166-2:RU; a club adds others in its config."""

import tomllib
from functools import cache
from pathlib import Path

from chalicelib.distributors.config import Regions
from chalicelib.platform.context import Context
from chalicelib.platform.text import Language

_FILE = Path(__file__).parent / "regions.toml"


def region_names(context: Context, language: Language) -> dict[str, str]:
    """The names by code, in the order of the names."""
    further = {code: {"en": each.name, "ru": each.name_ru} for code, each in context.config[Regions].regions.items()}
    names = {code: texts[language] for code, texts in (_of_russia() | further).items()}
    return dict(sorted(names.items(), key=lambda each: each[1].replace("ё", "е")))


@cache
def _of_russia() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
