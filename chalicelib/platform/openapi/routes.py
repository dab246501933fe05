"""Routes of the API's health and of its documentation."""

import json
from functools import lru_cache
from pathlib import Path

from chalicelib.platform.http.forms import Text, View
from chalicelib.platform.http.routes import Answer, Call, Routes

routes = Routes(__name__, tag="service")

_DOCUMENT = Path(__file__).parent.parent.parent / "openapi.json"
# They change with a deployment only; a client that looks again within minutes need not ask.
_PUBLISHED = {"Cache-Control": "public, max-age=300"}
# The page brings its own style and loads nothing.
_PAGE_ONLY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}


class HealthView(View):
    """The state of the API."""

    status: str


@routes.get("/v1/health", scope=None, answer=HealthView)
def show_health(call: Call) -> HealthView:
    """Check that the API is up."""
    return HealthView(status="ok")


@routes.get("/openapi.json", scope=None, answer=Text)
def show_openapi(call: Call) -> Answer:
    """Read this API's OpenAPI 3.1 document."""
    return Answer(Text(content=_document()), headers=_PUBLISHED)


@routes.get("/docs", scope=None, answer=Text, content_type="text/html; charset=utf-8")
def show_docs(call: Call) -> Answer:
    """Read this API's reference as a page."""
    return Answer(Text(content=_page()), headers=_PUBLISHED | _PAGE_ONLY)


@lru_cache(maxsize=1)
def _document() -> str:
    return _DOCUMENT.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _page() -> str:
    # Jinja2 wakes with the first reader of this page, not with every function.
    from chalicelib.platform.openapi.page import page

    return page(json.loads(_document()))
