"""Links of every letter, in both languages and in both bodies: to the portal, to a person, or to a page of the club that is there."""

import re
from html import unescape
from typing import Any

import pytest

from chalicelib.mail import PortalPages
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language
from tests.campaigns.sending.steps import approved, post, reader
from tests.mail import gallery
from tests.mail.test_rendering import FACTS
from tests.support.api import Api

HREF = re.compile(r'(?:href|src)="([^"]*)"')
URL = re.compile(r"https?://[^\s)]+")
BODY = "[Lamps](https://shop.example/lamps?a=1&b=2)\n\nor [the cabinet]({{ portal_url }}) of {{ name }}."


def test_letters_link_to_the_portal_to_people_and_to_the_clubs_own_pages() -> None:
    series = {
        PortalPages().address(FACTS["portal_url"], page) for page in ("company", "catalogue", "tier", "bonuses", "cart")
    }
    known = {FACTS["portal_url"], FACTS["page_url"], FACTS["cart_url"], gallery.PICTURE, *gallery.PAGES, *series}
    told = {each for each in FACTS.values() if isinstance(each, str) and each.startswith("http")}
    seen = set()
    for letter in gallery.letters():
        links = {unescape(each) for each in HREF.findall(letter.html)}
        others = {each for each in links - known if not re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", each)}
        assert not others, letter.name
        assert set(URL.findall(letter.text)) <= known | told, letter.name
        seen |= links
    assert seen >= known


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_link_of_a_letter_that_left_is_answered(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    made = post(context, monkeypatch)
    reader(made, "mbr_1", language=language)
    texts = {each: {"subject": "Lamps", "body": BODY} for each in ("en", "ru")}
    approved(made, texts=texts)
    made.at("2026-11-25T00:00")
    [mail] = made.ses.accepted
    bodies = mail["Content"]["Simple"]["Body"]
    links = {unescape(each) for each in HREF.findall(bodies["Html"]["Data"])} | set(URL.findall(bodies["Text"]["Data"]))
    monkeypatch.setattr("chalicelib.platform.http.respond.context_now", lambda: made.context)
    targets = {each: answer(api, each) for each in links if each != settings().portal_url}
    assert set(targets.values()) == {200, settings().portal_url, "https://shop.example/lamps?a=1&b=2"}


def answer(api: Api, link: str) -> Any:
    """The address that it leads on to, or its status."""
    path = link.removeprefix(settings().letters_url)
    assert path.startswith("/v1/"), link
    found = api.call("GET", path)
    return found.headers.get("location") or found.status
