"""Texts for a clerk, in English and in Russian: why a row or a file was refused, and what was decided for the whole file.

They are in `reasons.en.toml` and `reasons.ru.toml`. Below, each code has both.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.platform.words.texts import Texts


def _both(section: str) -> dict[str, tuple[str, str]]:
    texts = Texts(__file__, "reasons", section)
    return {code: (text, texts["ru"][code]) for code, text in texts["en"].items()}


REASONS = _both("rows")  # faults of a row
FAILURES = _both("failures")  # reasons why a file is refused as a whole
KINDS = _both("kinds")  # kinds of files that hold no table of sales, as the reason `not_a_table` names them
NOTES = _both("notes")  # choices and rows worth a look; `lines`: the first lines
BLOCKERS = _both("blockers")  # reasons why a dry run cannot be confirmed, or not without more
_MISSING = ("No column with this heading: {names}.", "Нет столбца с таким заголовком: {names}.")
_OR = (" or ", " или ")


def failure_text(code: str, facts: Mapping[str, Any], language: str) -> str:
    """The reason for refusing the file, in `ru` or `en`."""
    russian = int(language == "ru")
    texts = {name: _shown(value) for name, value in facts.items()}
    if "kind" in facts:
        texts["kind"] = KINDS[facts["kind"]][russian]
    if code == "column_missing":
        texts["names"] = ", ".join(_OR[russian].join(each["names"]) for each in facts["missing"])
    return FAILURES[code][russian].format(**texts)


def missing_columns(facts: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Each missing field with the sentence for it."""
    russian = int(language == "ru")
    return [
        (each["field"], _MISSING[russian].format(names=_OR[russian].join(each["names"])))
        for each in facts.get("missing", [])
    ]


def note_text(code: str, facts: Mapping[str, Any], language: str) -> str:
    return NOTES[code][int(language == "ru")].format(**{name: _shown(value) for name, value in facts.items()})


def blocker_text(code: str, facts: Mapping[str, Any], language: str) -> str:
    return BLOCKERS[code][int(language == "ru")].format(**facts)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
