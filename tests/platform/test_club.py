"""The figures: the file that comes with the code, and what is refused in another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

import chalicelib
from chalicelib.platform.club import Club, club, read_club

FILE = Path(chalicelib.__file__).parent / "club.toml"


@pytest.fixture
def with_change(tmp_path: Path) -> Callable[[str, str], Club]:
    def read(old: str, new: str) -> Club:
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        changed = tmp_path / "club.toml"
        changed.write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_club(changed)

    return read


def test_the_clubs_own_file_is_read_once() -> None:
    assert club() is club()
    assert club().zone.key == club().time_zone
    assert club().currency in club().tiers.ladders


def test_every_text_is_there_in_both_languages() -> None:
    welcome = club().welcome
    assert len(welcome.benefits) == len(welcome.benefits_ru)
    for text in club().consents.values():
        assert text.text
        assert text.text_ru


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('currency = "RUB"', 'currencies = "RUB"', "currencies"),
        ("window_days = 90", "window_days = 0", "window_days"),
        ('from = "150000"', 'from = "40000"', "steps must rise"),
        ('from = "150000"', 'from = "many"', "from"),
        ('discount_percent = "5"', 'discount_percent = "100"', "discount_percent"),
        ('discount_percent = "3"', 'discount_percent = "0"', "discount_percent"),
        ('"company_named"', '"star_sign"', "unlocks"),
        ('percent = "1.5"', 'percent = "101"', "rates"),
        ('percent = "1.5"', 'percent = "1.5"\nbrand = "Svet"', "goes by one of"),
        ('percent = "1.5"', 'percent = "1.5"\nto = "2025-12-31"', "before it begins"),
        ('percent = "1.5"', 'percent = "1.5"\npromotion = "spring"', "promotion spring needs"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_name(
    with_change: Callable[[str, str], Club], old: str, new: str, named: str
) -> None:
    with pytest.raises(ValidationError, match=named):
        with_change(old, new)


def test_figures_cannot_be_changed_by_the_way() -> None:
    with pytest.raises(ValidationError):
        club().tiers.window_days = 1
