"""Letters that the staff write: the club's markup, with variables and conditions.

    {{ name }}, your discount is {{ discount_percent | percent }}.
    {% if tier %}You are {{ tier }}.{% endif %}
    ![](product:LMP-0042)

Only that: a text with a loop, a call, an attribute or arithmetic is refused when it is saved, so that every text ends, and none is larger
than what was written. Links lead to http and https. A text that was accepted can be rendered for everybody: a variable is always there,
and empty where nothing is known.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from chalicelib.mail.model import Facts
from chalicelib.mail.rendering import FILTERS, laid_out, plain, stand_in
from chalicelib.platform.text import Language

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_ALLOWED = {
    "Template",
    "Output",
    "TemplateData",
    "Name",
    "Const",
    "Filter",
    "If",
    "Compare",
    "Operand",
    "Not",
    "And",
    "Or",
}
_HREF = re.compile(r'href="([^"]*)"')
_PRODUCT = re.compile(r"!\[[^\]]*\]\(\s*(?:<product:([^<>]*)>|product:([^\s<>)]*))")


class WrittenFault(NamedTuple):
    """Why a text cannot be sent."""

    code: str
    detail: str


def fault_of(text: str, language: Language, variables: Mapping[str, object]) -> WrittenFault | None:
    """The first fault of a text; None if it can be rendered for everybody. `variables`: all names, each with an example."""
    from jinja2 import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables
    from jinja2.nodes import Node

    syntax = WrittenFault("template_syntax", "A variable or a condition is not written right.")
    try:
        parsed = _environment(language).parse(text)
    except TemplateSyntaxError:
        return syntax

    def nodes(node: Node) -> Iterator[Node]:
        yield node
        for child in node.iter_child_nodes():
            yield from nodes(child)

    if any(type(node).__name__ not in _ALLOWED for node in nodes(parsed)):
        return WrittenFault("template_too_much", "Only variables and conditions are possible.")
    try:
        # Only now: looking for variables works out what is constant, and a text of a gigabyte is.
        unknown = sorted(find_undeclared_variables(parsed) - variables.keys())
    except TemplateSyntaxError:
        return syntax
    if unknown:
        return WrittenFault("unknown_variable", f"There is no variable {unknown[0]}; there are {', '.join(variables)}.")
    return _markup_fault(text, language, variables)


def render(subject: str, preview: str, body: str, why: str, language: Language, facts: Facts) -> tuple[str, str, str]:
    """Subject, HTML and text, for texts without a fault."""
    about = {"subject": subject, "preview": preview}
    ready = {name: _template(text, language).render(facts) for name, text in about.items()}
    return laid_out({**ready, "why": why}, _template(body, language).render(facts), language, facts)


def fill(text: str, language: Language, facts: Facts) -> str:
    """A text without a fault with its variables, as plain text: for somebody who reads it aloud."""
    return plain(_environment(language).from_string(text).render(facts))


def skus_of(text: str) -> list[str]:
    """The articles of the products that a text shows, each once."""
    return list(dict.fromkeys(unquote(in_angles or bare) for in_angles, bare in _PRODUCT.findall(text)))


def _markup_fault(text: str, language: Language, variables: Mapping[str, object]) -> WrittenFault | None:
    try:
        _environment(language).from_string(text).render(variables)
    except Exception:
        return WrittenFault("template_value", "A filter does not fit its variable.")
    example = {**variables, "club_name": "Club", "portal_url": "https://portal.example", "pages": None}
    try:
        _, html, _ = render("", "", text, "", language, example)
    except Exception:
        return WrittenFault(
            "markup", "A letter has titles, paragraphs, lists, quotes, links, pairs, buttons and products only."
        )
    if not all(address.startswith(("https://", "http://")) for address in _HREF.findall(html)):
        return WrittenFault("link", "Links lead to http and https.")
    return None


@lru_cache(maxsize=12)
def _template(text: str, language: Language) -> "Template":
    """Compiled once for all readers of an issue."""
    return _environment(language).from_string(text)


@cache
def _environment(language: Language) -> "ImmutableSandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined, finalize=stand_in)
    environment.filters = dict(FILTERS[language])
    return environment
