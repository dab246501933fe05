"""Pages that letters link to, for browsers and telephones, without scripts and external resources."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.http.forms import Text
from chalicelib.platform.http.routes import Answer
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = "text/html; charset=utf-8"
# The page brings its own style, loads nothing, posts to itself, and tells nobody its address.
_PAGE_ONLY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


_NOT_FOUND: dict[Language, dict[str, str]] = {
    "en": {"title": "Not found", "why": "This address leads nowhere. Perhaps it was not copied as a whole."},
    "ru": {"title": "Не найдено", "why": "Этот адрес никуда не ведёт. Возможно, он скопирован не полностью."},
}


def not_found_page(context: Context, language: Language) -> Answer[Text]:
    """For readers who open a missing address in a browser, such as half a link."""
    template = Path(__file__).parent / "not_found.html"
    return page_answer(render_page(context, template, language, {"words": _NOT_FOUND[language]}))


def page_answer(page: str) -> Answer[Text]:
    return Answer(Text(content=page), headers=_PAGE_ONLY)


def render_page(context: Context, template: Path, language: Language, facts: dict[str, Any]) -> str:
    """A template that extends `layout.html`, with these facts, and `club`, `language` and `portal_url`."""
    club = context.config[Club]
    shared = {
        "language": language,
        "club": club.name_ru if language == "ru" else club.name,
        "portal_url": settings().portal_url,
    }
    return _environment(template.parent).get_template(template.name).render(shared | facts)


@cache
def _environment(folder: Path) -> "Environment":
    # Jinja2 is imported with the first page, not with every function.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
