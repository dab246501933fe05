"""The series that the club ships, with texts in each language. They are drafts until somebody of the staff approves them."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chalicelib.campaigns.series.schemas import SeriesForm
from chalicelib.mail import PortalPages

_FOLDER = Path(__file__).parent / "shipped"
_PAGE = re.compile(r"(?<=\]\()page:(\w+)(?=\))")


@cache
def shipped(pages: PortalPages) -> Mapping[str, SeriesForm]:
    """By id. `page:NAME` in a text becomes the address of that page of the portal."""

    def text(path: Path) -> str:
        return _PAGE.sub(lambda found: pages.address("{{ portal_url }}", found[1]), path.read_text(encoding="utf-8"))

    return {path.stem: SeriesForm.model_validate(tomllib.loads(text(path))) for path in sorted(_FOLDER.glob("*.toml"))}
