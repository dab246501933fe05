"""Links of every letter, in both languages and in both bodies: to the portal, to a person, or to a page of the club that is there."""

import re
from html import unescape
from typing import Any, get_args

import pytest

from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.series import keys, store
from chalicelib.campaigns.series.shipped import shipped
from chalicelib.campaigns.tracking import service as tracking
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.mail import Mail, Pages, PortalPages
from chalicelib.mail import store as mail_store
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language
from chalicelib.table.transactions import Transaction
from tests.campaigns.sending.steps import approved, post, reader
from tests.mail import gallery
from tests.mail.steps import letter as a_letter
from tests.mail.test_rendering import FACTS
from tests.support import partners
from tests.support.api import Api

SERIES_PAGES = {
    PortalPages().address(FACTS["portal_url"], page) for page in ("company", "catalogue", "tier", "bonuses", "cart")
}
HREF = re.compile(r'(?:href|src)="([^"]*)"')
URL = re.compile(r"https?://[^\s)]+")
BODY = "[Lamps](https://shop.example/lamps?a=1&b=2)\n\nor [the cabinet]({{ portal_url }}) of {{ name }}."


@pytest.fixture
def reader_pages(context: Context, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """Those that letters to a member name."""
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    partners.member(context, "mbr_1")
    return pages_for("mbr_1")


def test_letters_link_to_the_portal_to_people_and_to_the_clubs_own_pages(api: Api, reader_pages: Pages) -> None:
    """The portal's own pages are another project: `test_pages` holds them to the patterns of the club's file."""
    of_portal = {FACTS["portal_url"], FACTS["page_url"], FACTS["cart_url"], *SERIES_PAGES}
    told = {each for each in FACTS.values() if isinstance(each, str) and each.startswith("http")}
    seen: dict[str, set[str]] = {}
    for letter in gallery.letters(reader_pages):
        links = {unescape(each) for each in HREF.findall(letter.html)}
        assert links, letter.name
        for each in links - of_portal - {gallery.PICTURE}:
            assert re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", each) or answer(api, each) == 200, (letter.name, each)
        assert set(URL.findall(letter.text)) <= links | told, letter.name
        seen.setdefault(letter.language, set()).update(links)
    assert seen["en"] == seen["ru"] >= {*of_portal, *reader_pages, gallery.PICTURE}


def test_each_link_of_a_series_leads_through_the_club_to_its_page(
    api: Api, context: Context, reader_pages: Pages
) -> None:
    led = 0
    for series_id, series in shipped(PortalPages()).items():
        for step in series.steps:
            tx = Transaction()
            texts_id = store.texts_id(step.texts)
            store.write_texts(tx, series_id, {texts_id: step.texts})
            context.table.commit(tx)
            cause = keys.series_texts(series_id, texts_id)
            letter = a_letter(context, letter_id=f"ltr_{series_id}_{step.step_id}", cause=cause)
            mail_store.create(context.table, letter)
            for language in get_args(Language):
                text = step.texts.in_language(language)
                assert text
                facts = issue_texts.VARIABLES | {"portal_url": settings().portal_url, "pages": reader_pages}
                subject, html, plain = issue_texts.render(text, language, facts)
                written = Mail("anna@example.com", language, subject, html, plain)
                tracked = tracking.tracked(written, step.texts, letter.letter_id)
                links = {unescape(each) for each in HREF.findall(tracked.html)} - {settings().portal_url}
                assert set(URL.findall(tracked.text)) <= links | {settings().portal_url}
                targets = {answer(api, each) for each in links}
                assert targets <= {200, settings().portal_url, *SERIES_PAGES}, (series_id, step.step_id, language)
                led += len(targets & SERIES_PAGES)
    assert led


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
