"""Words from `templates/<letter>.<language>.html` and `.txt`: the same letter twice, its subject a block of the text.

The template engine is loaded with the first letter: most functions of this package never write one.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.platform.club import Language
from chalicelib.platform.money import round_half_up

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"

_NBSP = "\N{NO-BREAK SPACE}"
_SIGNS = {"RUB": "₽"}  # currencies that a Russian reader knows by their sign
_MONTHS_RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def render(template: str, language: Language, facts: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, HTML and text. Raises for a fact that a template asks for and nobody gave."""
    environment = _environment(language)
    # In the text template, so that a subject never carries HTML's escapes.
    words = environment.get_template(f"{template}.{language}.txt")
    subject = "".join(words.blocks["subject"](words.new_context(facts)))
    text = re.sub(r"\n{3,}", "\n\n", words.render(facts)).strip() + "\n"
    html = environment.get_template(f"{template}.{language}.html").render(facts)
    # One line: what a person typed (a company's name) must not add a header.
    return " ".join(subject.split()), html, text


@lru_cache(maxsize=2)
def _environment(language: Language) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["language"] = language
    environment.filters |= _FILTERS[language]
    return environment


# --- figures as the reader writes them --------------------------------------------------------------------------------


def money_ru(amount: Decimal, currency: str, whole: bool = False) -> str:
    """`1 234 567,50 ₽`, with spaces that do not break."""
    digits = _digits(amount, whole).replace(",", _NBSP).replace(".", ",")
    return f"{digits}{_NBSP}{_SIGNS.get(currency, currency)}"


def money_en(amount: Decimal, currency: str, whole: bool = False) -> str:
    """`1,234,567.50 RUB`."""
    return f"{_digits(amount, whole)}{_NBSP}{currency}"


def _digits(amount: Decimal, whole: bool) -> str:
    """`whole`: for sums that are round by nature, such as the steps of a ladder; hundredths are left out if there are none."""
    digits = f"{round_half_up(amount):,f}"
    return digits.removesuffix(".00") if whole else digits


def day_ru(day: date) -> str:
    return f"{day.day}{_NBSP}{_MONTHS_RU[day.month - 1]} {day.year}"


def day_en(day: date) -> str:
    return f"{day.day}{_NBSP}{_MONTHS[day.month - 1]} {day.year}"


def percent_ru(share: Decimal) -> str:
    return f"{share.normalize():f}".replace(".", ",") + f"{_NBSP}%"


def percent_en(share: Decimal) -> str:
    return f"{share.normalize():f}%"


def count_ru(number: int, one: str, few: str, many: str) -> str:
    """`21 день`, `22 дня`, `25 дней`."""
    word = many
    if number % 100 not in range(11, 15):
        word = {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)
    return f"{number}{_NBSP}{word}"


def count_en(number: int, one: str, many: str) -> str:
    return f"{number}{_NBSP}{one if number == 1 else many}"


_FILTERS: dict[str, dict[str, Callable[..., str]]] = {
    "ru": {"money": money_ru, "day": day_ru, "percent": percent_ru, "count": count_ru},
    "en": {"money": money_en, "day": day_en, "percent": percent_en, "count": count_en},
}
