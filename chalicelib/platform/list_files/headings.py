"""Headings of the columns of a list as a file, and the words around its rows."""

import tomllib
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from chalicelib.platform.list_files.rules import Path as FieldPath
from chalicelib.platform.text import Language

WORDS: dict[Language, dict[str, str]] = {
    "en": {"list": "List", "address": "Address", "made": "Made", "rows": "Rows", "sum": "Sum"},
    "ru": {"list": "Список", "address": "Адрес", "made": "Составлен", "rows": "Строк", "sum": "Сумма"},
}
_FILE = Path(__file__).parent / "headings.ru.toml"


_PERSON = "name_of_person"
_OF_PEOPLE = ("member_id", "manager_id", "email")
_OF_FIRMS = ("company_id", "distributor_id")


def heading(path: FieldPath, language: Language, columns: Collection[FieldPath] = ()) -> str:
    """`company: name`. A field without Russian keeps its name. In Russian the name of a person, by the `columns` beside it, is another word."""
    *within, last = path
    if last == "name" and _beside(within, _OF_PEOPLE, columns) and not _beside(within, _OF_FIRMS, columns):
        last = _PERSON
    return ": ".join(_word(name, language) for name in (*within, last))


def _beside(within: Sequence[str], names: Sequence[str], columns: Collection[FieldPath]) -> bool:
    return any((*within, name) in columns for name in names)


def _word(name: str, language: Language) -> str:
    plain = name.removesuffix("_of_person").replace("_", " ")
    if language != "ru":
        return plain
    words = russian()
    id_of = name.removesuffix("_name")
    of_id = words.get(id_of) or words.get(f"{id_of}_id") if name != id_of else None
    return words.get(name) or (f"{of_id}: {words[_PERSON]}" if of_id else plain)


@cache
def russian() -> dict[str, str]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
