"""Texts of the document in Russian, for its pages; the document itself is English.

`texts.ru.toml` has the Russian of a text by its English, so that a changed text asks for its translation again. Names of sections and
operations, and the text of each operation, are all there; a field whose description is not stays in English.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from chalicelib.platform.text import Language

FILE = Path(__file__).with_name("texts.ru.toml")
_DEFAULT = re.compile(r" ?By default (`[^`]*`)\.$")  # `document` adds it to the description of a field


def say(text: str, language: Language, **values: object) -> str:
    """The text in the language, with its values; a text without a translation stays as it is. Paragraphs are looked up one by one."""
    if language == "ru":
        text = "\n\n".join(map(_russian, text.split("\n\n")))
    return text.format(**values) if values else text


def _russian(paragraph: str) -> str:
    if found := translations().get(" ".join(paragraph.split()) or paragraph):
        return found
    if default := _DEFAULT.search(paragraph):
        words = _russian(paragraph[: default.start()]) if default.start() else ""
        return f"{words} По умолчанию {default[1]}.".strip()
    return paragraph


@cache
def translations() -> dict[str, str]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
