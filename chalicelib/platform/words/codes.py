"""Words for the codes of closed sets, such as states, roles and kinds, for whoever reads them in a file or on a page."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.text import Language

_FILE = Path(__file__).with_suffix(".ru.toml")


def word(field: str, code: str, language: Language) -> str:
    """The word for a code of this field. In English a code is its own word; so is in Russian one that nobody translated, such as `csv`."""
    if language == "en":
        return code.replace("_", " ")
    words = _russian()
    return words["of"].get(field, {}).get(code) or words.get(code) or in_russian(code) or code


@cache
def _russian() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
