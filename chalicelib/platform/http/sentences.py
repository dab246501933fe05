"""Sentences of problems in Russian.

A sentence is written in English where it is raised. Its Russian stands in the room's `sentences.ru.toml`, template by template, with the
values in braces: `"Tries left: {left}." = "Осталось попыток: {left}."` It is looked up when a Russian reader is answered, so that rules,
stores and stored rows know one language.

Weakest point: a sentence is found by its words. The tests look for every sentence that they meet, and a walk over the code for the others.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

ROOMS = Path(__file__).parents[2]
FILE = "sentences.ru.toml"
BETWEEN = "; "  # parts of a sentence that stand for themselves

_VALUE = re.compile(r"\{(\w+)\}")
_CODES = {"allowed", "fields"}  # values that the reader sends, so they stay as they are


def in_russian(sentence: str) -> str | None:
    """The Russian of an English sentence, with its values; None if nobody translated it."""
    exact, patterns = _catalogue()
    if found := exact.get(sentence):
        return found
    for pattern, russian in patterns:
        if match := pattern.fullmatch(sentence):
            return russian.format(**{name: _value(name, text) for name, text in match.groupdict().items()})
    return None


def _value(name: str, text: str) -> str:
    if name in _CODES:
        return text
    return BETWEEN.join(in_russian(part) or part for part in text.split(BETWEEN))


@cache
def _catalogue() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Sentences without values, and patterns of the others, the most words first. The title of a problem is a sentence too."""
    from chalicelib.platform.http.problems import KINDS  # which uses this module

    every = {kind.title: kind.title_ru for kind in KINDS.values()}
    for file in sorted(ROOMS.glob(f"*/{FILE}")):
        every |= tomllib.loads(file.read_text(encoding="utf-8"))
    patterns = {english: russian for english, russian in every.items() if _VALUE.search(english)}
    longest = sorted(patterns, key=lambda english: -len(_VALUE.sub("", english)))
    return {english: russian for english, russian in every.items() if english not in patterns}, [
        (re.compile(_pattern(english), re.DOTALL), patterns[english]) for english in longest
    ]


def _pattern(english: str) -> str:
    words = _VALUE.split(english)  # text, name, text, name, …
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(words))
