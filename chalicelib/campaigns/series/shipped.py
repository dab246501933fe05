"""The series that the club ships, with texts in each language. They are drafts until somebody of the staff approves them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chalicelib.campaigns.series.schemas import SeriesForm

_FOLDER = Path(__file__).parent / "shipped"


@cache
def shipped() -> Mapping[str, SeriesForm]:
    """By id."""
    return {
        path.stem: SeriesForm.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(_FOLDER.glob("*.toml"))
    }
