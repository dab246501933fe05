"""The reference page says everything the document says, and needs nothing else."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.platform.openapi.document import document
from chalicelib.platform.openapi.page import page, prose
from tests.platform.openapi.test_document import CHANGE, LIST, OPEN, PLACE, READ


@pytest.fixture(scope="module")
def made() -> str:
    return page(document([PLACE, LIST, READ, CHANGE, OPEN]))


class Elements(HTMLParser):
    """Which elements there are, and that each one is closed."""

    VOID = frozenset({"meta", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_is_closed(made: str) -> None:
    assert Elements(made).open == []


def test_it_has_no_script_and_loads_nothing(made: str) -> None:
    elements = Elements(made).seen
    assert "script" not in {tag for tag, _ in elements}
    assert not [attributes["src"] for _, attributes in elements if "src" in attributes]
    assert [attributes["href"] for tag, attributes in elements if tag == "link"] == ["data:,"]
    assert "url(" not in made
    assert "@import" not in made


def test_every_link_within_the_page_arrives(made: str) -> None:
    elements = Elements(made).seen
    places = {attributes["id"] for _, attributes in elements if "id" in attributes}
    links = {attributes["href"] or "" for tag, attributes in elements if tag == "a"}
    assert {link[1:] for link in links if link.startswith("#")} <= places
    assert {link for link in links if not link.startswith("#")} == {"openapi.json"}


def test_each_operation_shows_scope_parameters_body_answers_and_a_curl_line(made: str) -> None:
    [article] = re.findall(r'<article id="place_order">.*?</article>', made, re.DOTALL)
    for shown in (
        "/v1/orders",
        "<code>orders.write</code>",
        "<code>Idempotency-Key</code>",
        "<code>lines[].quantity</code>",
        "integer, 1 to 10000",
        "For the distributor.",
        "<code>Location</code>",
        "<code>wrong_state</code>",
        "curl -X POST &#34;$API/v1/orders&#34;",
        "--json",
    ):
        assert shown in article


def test_what_comes_from_the_document_cannot_become_markup() -> None:
    assert prose("a <b> `c <d>` **e**") == "<p>a &lt;b&gt; <code>c &lt;d&gt;</code> <strong>e</strong></p>"
    assert (
        prose("- `one`: first\n- `two`: second")
        == "<ul><li><code>one</code>: first</li><li><code>two</code>: second</li></ul>"
    )
    assert prose("") == ""
