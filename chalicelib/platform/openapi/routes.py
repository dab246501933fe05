import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field

from chalicelib.platform.http.forms import Form, Text, View
from chalicelib.platform.http.problems import or_not_found
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.platform.openapi.reference import TOKEN_URL, Role
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language

routes = Routes(__name__, tag="service")

_DOCUMENT = Path(__file__).parent.parent.parent / "openapi.json"
# They change with a deployment only; a client that looks again within minutes need not ask.
_PUBLISHED = {"Cache-Control": "public, max-age=300"}


class HealthView(View):
    """The state of the API."""

    status: str


@routes.get("/v1/health", scope=None)
def show_health(call: Call) -> HealthView:
    """Check that the API is up."""
    return HealthView(status="ok")


class DocumentQuery(Form):
    role: Role | None = Field(
        default=None, description="Only the operations of this role: a shorter document, for its client or front end."
    )


@routes.get("/openapi.json", scope=None, query=DocumentQuery)
def show_openapi(call: Call) -> Answer[Text]:
    """Read this API's OpenAPI 3.1 document."""
    return Answer(Text(content=_document(call.query.role)), headers=_PUBLISHED)


class DocsQuery(Form):
    lang: Language | None = Field(
        default=None, description="The language, instead of the one that `Accept-Language` asks for."
    )


class DocsHomeQuery(DocsQuery):
    q: str | None = Field(default=None, max_length=200, description="Words to search for: the page begins with them.")


@routes.get("/docs", scope=None, query=DocsHomeQuery, content_type="text/html; charset=utf-8")
def show_docs(call: Call) -> Answer[Text]:
    """Read this API's documentation: tasks, and a list of all operations to search."""
    # Jinja2 wakes with the first reader of these pages, not with every function.
    from chalicelib.platform.openapi import pages

    return _page(pages.home(_parsed(), _language(call), chosen=call.query.lang is not None), pages.script_hash())


@routes.get("/docs/{page}", scope=None, query=DocsQuery, content_type="text/html; charset=utf-8")
def show_docs_page(call: Call, page: str) -> Answer[Text]:
    """Read how a task is done, what an operation takes and gives, or what a problem means."""
    from chalicelib.platform.openapi import pages

    made = or_not_found(
        pages.page(_parsed(), page, _language(call), call.context.today, chosen=call.query.lang is not None)
    )
    return _page(made, pages.script_hash())


def _language(call: Call) -> Language:
    chosen: Language = call.query.lang or call.language
    return chosen


def _page(made: str, script: str) -> Answer[Text]:
    """The page brings its own style and script, and loads nothing."""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src '{script}'; img-src data:"
    headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Language"}
    return Answer(Text(content=made), headers=_PUBLISHED | headers)


@lru_cache
def _document(role: str | None) -> str:
    if role is None:
        return _DOCUMENT.read_text(encoding="utf-8").replace(TOKEN_URL, settings().token_url)
    from chalicelib.platform.openapi.selection import document_of

    return json.dumps(document_of(_parsed(), role), ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1)
def _parsed() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(_document(None))
    return made
