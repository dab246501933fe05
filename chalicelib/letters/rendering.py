"""Words from `templates/<letter>.<language>.html` and `.txt`: the same letter twice, its subject a block of the text.

The template engine is loaded with the first letter: most functions of this package never write one.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.platform.figures import (
    Language,
    count_en,
    count_ru,
    day_en,
    day_ru,
    money_en,
    money_ru,
    percent_en,
    percent_ru,
)

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


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


_FILTERS: dict[str, dict[str, Callable[..., str]]] = {
    "ru": {"money": money_ru, "day": day_ru, "percent": percent_ru, "count": count_ru},
    "en": {"money": money_en, "day": day_en, "percent": percent_en, "count": count_en},
}
