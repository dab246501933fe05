"""Headings of the columns of a list as a file, and the words around its rows."""

import tomllib
from functools import cache
from pathlib import Path

from chalicelib.platform.list_files.rules import Path as FieldPath
from chalicelib.platform.text import Language

WORDS: dict[Language, dict[str, str]] = {
    "en": {"list": "List", "address": "Address", "made": "Made", "rows": "Rows", "sum": "Sum"},
    "ru": {"list": "Список", "address": "Адрес", "made": "Составлен", "rows": "Строк", "sum": "Сумма"},
}
_FILE = Path(__file__).parent / "headings.ru.toml"


def heading(path: FieldPath, language: Language) -> str:
    """`company: name`. A field without Russian keeps its name."""
    return ": ".join(_word(name, language) for name in path)


def _word(name: str, language: Language) -> str:
    plain = name.replace("_", " ")
    return russian().get(name, plain) if language == "ru" else plain


@cache
def russian() -> dict[str, str]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
