"""Texts in files: each is told in both languages, with the same facts."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.platform.registry.modules import HOUSE
from chalicelib.platform.words.texts import Texts

FILES = sorted(file for file in HOUSE.rglob("*.en.toml") if "templates" not in file.parts)
OF_ONE_LANGUAGE = {"period"}  # a fact that stands in the sentence itself in English


def leaves(found: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def texts(file: Path) -> dict[str, str]:
    return dict(leaves(tomllib.loads(file.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_both_languages_have_the_same_texts_with_the_same_facts(file: Path) -> None:
    english, russian = texts(file), texts(file.with_name(file.name.replace(".en.", ".ru.")))
    assert english
    assert english.keys() == russian.keys()
    for name, text in english.items():
        asked = [set(re.findall(r"{(\w*)}", each)) for each in (text, russian[name])]
        assert asked[0] ^ asked[1] <= OF_ONE_LANGUAGE, name


def test_a_section_is_read_when_it_is_first_asked_for(tmp_path: Path) -> None:
    (tmp_path / "words.en.toml").write_text("[chart]\ntitle = 'Orders'\n", encoding="utf-8")
    found = Texts(str(tmp_path / "charts.py"), "words", "chart")
    assert not found
    assert found["en"] == {"title": "Orders"}
    with pytest.raises(FileNotFoundError):
        found["ru"]
