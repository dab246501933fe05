"""The documentation says everything that the document says, in two languages, and needs nothing else."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from chalicelib.platform import openapi
from chalicelib.platform.http.problems import KINDS
from chalicelib.platform.openapi.document import document
from chalicelib.platform.openapi.pages import PROBLEMS, TASKS, home, page, prose, script_hash
from chalicelib.platform.openapi.reference import Reader, roles_of
from chalicelib.platform.openapi.requests import WEEK
from chalicelib.platform.text import Language
from infra.openapi import committed
from tests.platform.openapi.test_document import CHANGE, LIST, OPEN, PLACE, READ

LANGUAGES: tuple[Language, ...] = ("en", "ru")
OPERATIONS = ("place_order", "list_orders", "show_order", "change_order", "page")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return document([PLACE, LIST, READ, CHANGE, OPEN])


@pytest.fixture(scope="module")
def pages(written: dict[str, Any]) -> dict[tuple[str, Language], str]:
    """Every page by its name and language; the first one is named by nothing."""
    made: dict[tuple[str, Language], str] = {}
    for language in LANGUAGES:
        made["", language] = home(written, language, chosen=False)
        for name in (*TASKS, PROBLEMS, *OPERATIONS):
            found = page(written, name, language, WEEK, chosen=False)
            assert found, name
            made[name, language] = found
    return made


class Elements(HTMLParser):
    """The elements of a page; fails for one that is not closed."""

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


def test_every_element_is_closed(pages: dict[tuple[str, Language], str]) -> None:
    for name, text in pages.items():
        assert Elements(text).open == [], name


def test_a_page_loads_nothing_and_has_one_script(pages: dict[tuple[str, Language], str]) -> None:
    for name, text in pages.items():
        elements = Elements(text).seen
        assert [tag for tag, _ in elements].count("script") == 1, name
        assert not [attributes for _, attributes in elements if "src" in attributes or "style" in attributes], name
        assert [attributes["href"] for tag, attributes in elements if tag == "link"] == ["data:,"], name
        assert "url(" not in text and "@import" not in text, name


def test_the_policy_allows_the_script_of_the_page(pages: dict[tuple[str, Language], str]) -> None:
    import base64
    import hashlib

    [script] = re.findall(r"<script>(.*?)</script>", pages["", "en"], re.DOTALL)
    assert script_hash() == "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def test_every_link_arrives(pages: dict[tuple[str, Language], str]) -> None:
    names = {name for name, _ in pages}
    for (name, language), text in pages.items():
        elements = Elements(text).seen
        places = {attributes["id"] for _, attributes in elements if "id" in attributes}
        links = {str(attributes["href"]) for tag, attributes in elements if tag == "a"}
        for link in links - {"?lang=ru", "?lang=en"}:
            if link.startswith("https://") or link.partition("?")[0] == "openapi.json":
                continue
            address, _, place = link.partition("#")
            to = "" if address in ("docs", "../docs") else address.removeprefix("docs/")
            assert link.startswith("#") or to in names, f"{name or 'home'} ({language}): {link}"
            there = places if link.startswith("#") else _places(pages[to, language])
            assert not place or place in there, f"{name or 'home'} ({language}): {link}"


def _places(text: str) -> set[str | None]:
    return {attributes["id"] for _, attributes in Elements(text).seen if "id" in attributes}


def test_an_operation_shows_scope_parameters_body_answers_problems_and_requests(
    pages: dict[tuple[str, Language], str],
) -> None:
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
        "await fetch(`${API}/v1/orders`",
        "requests.post(",
    ):
        assert shown in pages["place_order", "en"], shown


def test_a_filter_that_the_document_tells_by_its_rule_is_told_on_the_page(written: dict[str, Any]) -> None:
    shown = page(written, "list_orders", "en", WEEK, chosen=False)
    assert shown and "A filter by the field of this name." in shown


def test_the_list_of_operations_can_be_searched_and_told_by_role(written: dict[str, Any]) -> None:
    [tag] = [each for each in Reader(written).tags() if each["name"] == "orders"]
    found = {each["id"]: each for each in tag["operations"]}
    assert "/v1/orders" in found["place_order"]["words"]
    assert found["place_order"]["roles"] == ["owner", "buyer"]
    assert roles_of("machine.payments") == ["machine"]


def test_a_russian_reader_finds_operations_by_russian_words_and_by_english_ones() -> None:
    listed = {
        name: words
        for words, name in re.findall(
            r'<li data-words="([^"]*)"[^>]*><a href="docs/(\w+)', home(committed(), "ru", chosen=False)
        )
    }
    for word, name in (
        ("возврат", "request_return"),
        ("заказ", "place_order"),
        ("накладн", "start_distributor_file"),
        ("корзин", "replace_cart"),
        ("выгрузк", "start_export"),
        ("вебхук", "put_webhook"),
        ("прайс", "download_price_list"),
        ("импорт", "start_import"),
        ("return", "request_return"),
    ):
        found = {each for each, words in listed.items() if word in words}
        assert name in found and len(found) < len(listed) / 4, word
    assert not re.search(
        "[а-яё]", " ".join(each["words"] for tag in Reader(committed()).tags() for each in tag["operations"])
    )


def test_an_operation_speaks_russian_to_a_russian_reader() -> None:
    made = page(committed(), "place_order", "ru", WEEK, chosen=False)
    assert made
    for shown in (
        ">Заказы</a>",
        "<h1>Сделать заказ у дистрибьютора, который обслуживает компанию</h1>",
        "компания: owner, buyer",
        "целое число, от 1 до 1000000",
        "заголовок",
    ):
        assert shown in made, shown


def test_the_problems_are_all_told_with_their_members(pages: dict[tuple[str, Language], str]) -> None:
    for language in LANGUAGES:
        assert set(KINDS) <= _places(pages[PROBLEMS, language])
    row = re.findall(r'<tr id="wrong_code">.*?</tr>', pages[PROBLEMS, "ru"])[0]
    assert "Неверный код" in row and "<code>tries_left</code>" in row


def test_tasks_stand_first_and_say_the_same_in_both_languages(pages: dict[tuple[str, Language], str]) -> None:
    for language in LANGUAGES:
        text = pages["", language]
        assert text.index('id="tasks"') < text.index('id="operations"')
    for task in TASKS:
        [english], [russian] = (_commands(task, language) for language in LANGUAGES)
        assert _without_words(english) == _without_words(russian), task


def _commands(task: str, language: Language) -> list[str]:
    text = (Path(openapi.__file__).parent / "tasks" / f"{task}.{language}.md").read_text(encoding="utf-8")
    return re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)


def _without_words(command: str) -> str:
    """Commands without comments, texts and the languages they are in."""
    bare = re.sub(r'#.*|""".*|-p "[^"]*"', "", command)
    return re.sub(r"[А-Яа-яЁё]+|Olga|Luchkova|\bru\b|\ben\b|\s+", "", bare)


def test_a_chosen_language_goes_along(written: dict[str, Any]) -> None:
    assert 'href="docs/place_order?lang=ru"' in home(written, "ru", chosen=True)
    assert 'href="docs/place_order"' in home(written, "ru", chosen=False)


def test_what_is_not_there_has_no_page(written: dict[str, Any]) -> None:
    assert page(written, "nothing", "en", WEEK, chosen=False) is None


def test_what_comes_from_the_document_cannot_become_markup() -> None:
    assert prose("a <b> `c <d>` **e**") == "<p>a &lt;b&gt; <code>c &lt;d&gt;</code> <strong>e</strong></p>"
    assert (
        prose("- `one`: first\n- `two`: second")
        == "<ul><li><code>one</code>: first</li><li><code>two</code>: second</li></ul>"
    )
    assert prose("") == ""
