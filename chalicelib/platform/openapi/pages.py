"""The pages of the API's documentation, in Russian and English: tasks, a list to search, a page for each operation, and the problems.

One page loads nothing else: its style and its script, which only searches and copies, stand in it.
"""

import base64
import hashlib
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import mistune
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from chalicelib.platform.http.problems import KINDS
from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.openapi.reference import ROLES, Document, Reader
from chalicelib.platform.openapi.texts import say
from chalicelib.platform.text import Language
from chalicelib.platform.words.codes import word
from chalicelib.platform.words.texts import Texts

_HERE = Path(__file__).parent
# In the order in which a front end is built.
TASKS = (
    "let-a-member-in",
    "place-an-order",
    "attach-a-file",
    "show-notifications",
    "give-a-member-their-data",
    "receive-orders-by-webhook",
    "verify-a-webhook",
    "read-every-page",
    "handle-a-problem",
)
PROBLEMS = "problems"

_WORDS = Texts(__file__, "words")
_BLOCK = re.compile(r"```(\w+)\n(.*?)```\n", re.DOTALL)
_LANGUAGES = {"bash": "curl", "typescript": "TypeScript", "python": "Python"}
_OTHER: dict[Language, dict[str, str]] = {
    "en": {"language": "ru", "name": "Русский"},
    "ru": {"language": "en", "name": "English"},
}


def home(document: Document, language: Language, *, chosen: bool) -> str:
    """The first page. `chosen`: the language stands in the address, and goes into the links."""
    roles = [(role, word("role", role, language)) for role in ROLES]
    about = say(document["info"]["description"], language)
    tags = Reader(document, language).tags()
    version = document["info"]["version"]
    return _render("home.html", language, chosen, "", version=version, about=about, tags=tags, roles=roles)


def page(document: Document, name: str, language: Language, today: date, *, chosen: bool) -> str | None:
    """The page of a task, of the problems or of an operation, whose request is of today; None if there is none of this name."""
    if name in TASKS:
        task = {"title": _title(name, language), "html": _html(name, language)}
        return _render("task.html", language, chosen, "../", task=task)
    if name == PROBLEMS:
        members = Reader(document).members()
        problems = [
            {
                "code": code,
                "status": kind.status,
                "title": kind.title_ru if language == "ru" else kind.title,
                "detail": (in_russian(kind.detail) if language == "ru" else kind.detail) if kind.detail else "",
                "members": members.get(code, []),
            }
            for code, kind in KINDS.items()
        ]
        return _render("problems.html", language, chosen, "../", problems=problems)
    operation = Reader(document, language, today).operation(name)
    return _render("operation.html", language, chosen, "../", operation=operation) if operation else None


def script_hash() -> str:
    """For the Content-Security-Policy: this script, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()


def prose(text: str) -> Markup:
    """The little Markdown that descriptions use: paragraphs, lists, `code`, **strong**."""
    return Markup("").join(_block(block) for block in text.strip().split("\n\n") if block)


def _block(block: str) -> Markup:
    if block.startswith("- "):
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(line[2:])) for line in block.split("\n"))
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(_inline(block))


def _inline(text: str) -> Markup:
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", marked))  # noqa: S704  escaped one line above


def _render(template: str, language: Language, chosen: bool, up: str, **facts: Any) -> str:
    suffix = f"?lang={language}" if chosen else ""
    shared = {
        "language": language,
        "words": _WORDS[language],
        "other": _OTHER[language],
        "tasks": [{"name": name, "title": _title(name, language)} for name in TASKS],
        "up": up,
        "base": "" if up else "docs/",
        "home": f"{up}docs{suffix}",
        "suffix": suffix,
        "style": Markup(_file("style.css")),  # noqa: S704  our own file
        "script": Markup(_script()),  # noqa: S704  our own file
    }
    return _environment().get_template(template).render(**shared, **facts)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"prose": prose}
    return made


def _script() -> str:
    return _file("script.js")


def _file(name: str) -> str:
    return (_HERE / "pages" / name).read_text(encoding="utf-8")


def _task(name: str, language: Language) -> str:
    return (_HERE / "tasks" / f"{name}.{language}.md").read_text(encoding="utf-8")


def _title(name: str, language: Language) -> str:
    return _task(name, language).partition("\n")[0].removeprefix("# ")


def _html(name: str, language: Language) -> Markup:
    """The task, with its first lines of code in the other languages, too."""
    code = (_HERE / "tasks" / f"{name}.code.md").read_text(encoding="utf-8")
    text = _task(name, language)
    first = _BLOCK.search(text)
    if first is None:
        return Markup(mistune.html(text))  # noqa: S704  our own text
    examples = [(_LANGUAGES[found[1]], found[2]) for found in (first, *_BLOCK.finditer(code))]
    tabs = _environment().get_template("macros.html").make_module().tabs(examples)  # type: ignore[attr-defined]
    before, after = text[: first.start()], text[first.end() :]
    return Markup(mistune.html(before)) + Markup(tabs) + Markup(mistune.html(after))  # noqa: S704  our own text
