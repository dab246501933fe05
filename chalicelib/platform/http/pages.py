"""Pages that letters link to, for browsers and telephones, without scripts and external resources."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.http.forms import Text
from chalicelib.platform.http.problems import Problem, ProblemBody
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


_NOT_FOUND: dict[Language, str] = {
    "en": "This address leads nowhere. Perhaps it was not copied as a whole.",
    "ru": "Этот адрес никуда не ведёт. Возможно, он скопирован не полностью.",
}


def problem_page(context: Context, problem: Problem, language: Language, request_id: str) -> Answer:
    """A problem as somebody with a browser reads it."""
    told = ProblemBody.model_validate_json(problem.body(language, request_id))
    sentences = [told.detail or "", *(fault.detail for fault in told.errors)]
    if problem.code == "not_found":
        sentences.append(_NOT_FOUND[language])
    facts = {"title": told.title, "sentences": [each for each in sentences if each]}
    page = render_page(context, Path(__file__).parent / "problem.html", language, facts)
    return Answer(Text(content=page), status=problem.status, headers={**_PAGE_ONLY, **problem.headers})


def page_answer(page: str) -> Answer:
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
