"""Texts in the languages of readers. They stand in a file for each language beside the module that tells them: `words.en.toml`, `words.ru.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.platform.text import Language


class Texts(dict[Language, dict[str, str]]):
    """The texts of a module by language, each read when it is first asked for. `section`: the table in the file; empty for all of it."""

    def __init__(self, module: str, name: str, section: str = "") -> None:
        self._file, self._section = Path(module).with_name(name), section

    def __missing__(self, language: Language) -> dict[str, str]:
        found = _read(self._file.with_name(f"{self._file.name}.{language}.toml"))
        self[language] = found[self._section] if self._section else found
        return self[language]


@cache
def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
