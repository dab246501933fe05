"""Discounts in the words of letters: none passes in silence, and an author can state of most figures that they are none."""

import time
import tomllib
from pathlib import Path

import pytest

from chalicelib.campaigns.plan.discounts import Discount, discount_in

PHRASES = tomllib.loads(Path(__file__).with_name("discounts.toml").read_text(encoding="utf-8"))


def test_no_discount_passes_in_silence() -> None:
    assert [each for each in PHRASES["discounts"] if discount_in(each) is None] == []


def test_nothing_innocent_is_a_discount_whatever_its_author_states() -> None:
    found = {each: discount_in(each) for each in PHRASES["innocent"]}
    assert [words for words, discount in found.items() if discount and discount.certain] == []


def test_a_letter_without_shares_sums_and_gifts_is_asked_nothing() -> None:
    innocent = PHRASES["innocent"]
    assert sum(discount_in(each) is not None for each in innocent) < len(innocent) * 2 / 3
    for each in (
        "The meeting is on 12 December at 10:00",
        "Встреча 12 декабря в 10:00",
        "IP65, 130 lm/W, 3000-4000 K",
        "Your tier is {{ tier }}, your discount {{ discount_percent | percent }}, your bonuses {{ bonuses }} {{ currency }}",
        "Free catalogue\n\n[Read it](https://shop.example/2027/lamps-20%25)\n\n1. Panels\n2. Drivers",
    ):
        assert discount_in(each) is None, each


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Lamps: 20% off until Friday", "20% off"),
        ("**20 %** off", "20 % off"),
        (r"20 \% off", "20 % off"),
        ("20&percnt; off", "20% off"),
        ("20％ off", "20% off"),
        ("{{ 30 | percent }} off", "30 % off"),
        ("{% if tier %}Скидка{% endif %} 20 %", "Скидка 20 %"),
        ("30 % of lamps are new. Скидка — 1 000 рублей", "Скидка — 1 000 руб"),
    ],
)
def test_a_figure_beside_a_word_of_discounts_is_one_however_it_is_written(text: str, words: str) -> None:
    assert discount_in(text) == Discount(words, certain=True)


@pytest.mark.parametrize(
    ("text", "words"), [("Save 10 on each lamp", "Save 10"), ("Цены снижены на 10 %", "Цены снижены на 10 %")]
)
def test_the_words_that_are_asked_about_are_told_whole(text: str, words: str) -> None:
    assert discount_in(text) == Discount(words, certain=False)


def test_the_number_of_a_step_is_no_figure() -> None:
    assert discount_in("1. Найдите товар.\n2. Корзина покажет цену.") is None


def test_a_long_text_is_read_at_once() -> None:
    begun = time.process_time()
    for unit in ("9", "9 ", "скидка ", "free ", "{{ 1 ", "{% ", "шесть ", "](", "one "):
        discount_in(unit * (40_000 // len(unit)))
    assert time.process_time() - begun < 2
