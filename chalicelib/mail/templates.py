"""Letters that the staff write: the club's markup, with variables and conditions.

    {{ name }}, your discount is {{ discount_percent | percent }}.
    {% if tier %}You are {{ tier }}.{% endif %}
    ![](product:LMP-0042)

Only that: a text with a loop, a call, an attribute or arithmetic is refused when it is saved, so that every text ends, and none is larger
than what was written. Links lead to http and https. A text that was accepted can be rendered for everybody: a variable is always there,
and empty where nothing is known. Each branch of its conditions is tried; what only some mixture of branches makes is refused when it is rendered.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from chalicelib.mail.model import Facts, TooMuchMarkup
from chalicelib.mail.rendering import FILTERS, laid_out, plain, stand_in
from chalicelib.platform import Language

if TYPE_CHECKING:
    from jinja2 import Template, nodes
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
_DEEPEST = 40  # nodes within each other
_MOST_BRANCHES = 10  # of a condition that are tried
_WEB = ("https://", "http://")
_SCHEME = re.compile(r"[^/?#]*:")
_READER = "\ue003"  # in an address, anything of its reader
_HREF = re.compile(r'href="([^"]*)"')
_PRODUCT = re.compile(r"!\[[^\]]*\]\(\s*(?:<product:([^<>]*)>|product:([^\s<>)]*))")


class WrittenFault(NamedTuple):
    """The reason for not sending a text."""

    code: str
    detail: str


class ForeignLink(Exception):
    """A link of another scheme than http and https."""


def fault_of(text: str, language: Language, variables: Mapping[str, object]) -> WrittenFault | None:
    """The first fault of a text; None if it can be rendered for everybody. `variables`: all names, each with an example."""
    from jinja2 import TemplateSyntaxError, nodes

    syntax = WrittenFault("template_syntax", "A variable or a condition is written wrongly.")
    too_deep = WrittenFault("template_too_much", "Its conditions are nested too deeply.")
    try:
        parsed = _environment(language).parse(text)
    except RecursionError:
        return too_deep
    except Exception:
        return syntax  # not only as Jinja has it: a number may be too long
    found = list(_nodes(parsed))
    if any(type(node).__name__ not in _ALLOWED for node, _ in found):
        return WrittenFault("template_too_much", "Only variables and conditions are possible.")
    if any(depth > _DEEPEST for _, depth in found):
        return too_deep
    # Jinja's own look for what is undeclared passes over what it declares itself, and works out a constant of a gigabyte.
    unknown = sorted({node.name for node, _ in found if isinstance(node, nodes.Name)} - variables.keys())
    if unknown:
        return WrittenFault("unknown_variable", f"There is no variable {unknown[0]}; there are {', '.join(variables)}.")
    faults = (_markup_fault(branch, language, variables) for branch in _branches(text, language))
    try:
        return next(filter(None, faults), None)
    except TemplateSyntaxError:
        return syntax  # a filter that there is not


def _nodes(root: "nodes.Node") -> "Iterator[tuple[nodes.Node, int]]":
    """Each node and its depth."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _branches(text: str, language: Language) -> "Iterator[nodes.Template]":
    """The text with the first branch of each condition, with the second, and so on; with the last one where there are no more."""
    from jinja2 import nodes

    taken, most = 0, 1
    while taken < min(most, _MOST_BRANCHES):
        parsed = _environment(language).parse(text)
        conditions = list(parsed.find_all(nodes.If))
        most = max((len(each.elif_) + 2 for each in conditions), default=1)
        # Backwards: an `elif` is found as a condition of its own, too, after the one that it belongs to, which decides.
        for each in reversed(conditions):
            for number, branch in enumerate((each, *each.elif_)):
                branch.test = nodes.Const(number == taken)
        yield parsed
        taken += 1


def render(subject: str, preview: str, body: str, why: str, language: Language, facts: Facts) -> tuple[str, str, str]:
    """Subject, HTML and text, for texts without a fault. Raises for what a mixture of their conditions makes and no letter has."""
    about = {"subject": subject, "preview": preview}
    ready = {name: _template(text, language).render(facts) for name, text in about.items()}
    words = _template(body, language).render(facts)
    subject, html, plain_text = laid_out({**ready, "why": why}, words, language, facts)
    if any(_SCHEME.match(address) and not address.startswith(_WEB) for address in _HREF.findall(html)):
        raise ForeignLink
    return subject, html, plain_text


def fill(text: str, language: Language, facts: Facts) -> str:
    """A text without a fault with its variables, as plain text: for somebody who reads it aloud."""
    return plain(_environment(language).from_string(text).render(facts))


def skus_of(text: str) -> list[str]:
    """The articles of the products that a text shows, each once."""
    return list(dict.fromkeys(unquote(in_angles or bare) for in_angles, bare in _PRODUCT.findall(text)))


@lru_cache(maxsize=12)
def links_of(text: str, portal_url: str) -> tuple[str, ...]:
    """The addresses of a text's links that are the same for every reader, each once. The text has no fault."""
    from jinja2 import nodes

    from chalicelib.mail import markup

    found: list[str] = []
    for branch in _branches(text, "en"):
        for output in branch.find_all(nodes.Output):
            output.nodes = [
                each
                if isinstance(each, nodes.TemplateData) or each == nodes.Name("portal_url", "load")
                else nodes.Const(_READER)
                for each in output.nodes
            ]
        words = _environment("en").from_string(branch).render(portal_url=portal_url)
        found += map(plain, markup.addresses(words))
    return tuple(dict.fromkeys(each for each in found if _READER not in each))


def _markup_fault(parsed: "nodes.Template", language: Language, variables: Mapping[str, object]) -> WrittenFault | None:
    template = _environment(language).from_string(parsed)
    try:
        words = template.render(variables)
    except Exception:
        return WrittenFault("template_value", "A filter does not fit its variable.")
    example = {**variables, "club_name": "Club", "portal_url": "https://portal.example", "pages": None}
    try:
        _, html, _ = laid_out({"subject": "", "preview": "", "why": ""}, words, language, example)
    except TooMuchMarkup:
        return WrittenFault("markup_too_much", "A paragraph has too many links and marks.")
    except Exception:
        return WrittenFault(
            "markup", "A letter has titles, paragraphs, lists, quotes, links, pairs, buttons and products only."
        )
    if not all(address.startswith(_WEB) for address in _HREF.findall(html)):
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
    environment.globals = {}
    return environment
