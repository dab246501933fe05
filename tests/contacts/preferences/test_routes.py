"""Leaving and choosing by the link in a letter, as a mail program and as a reader's browser do it."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib import contacts, mail, members
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.mail import jobs as mail_jobs
from chalicelib.mail import store as mail_store
from chalicelib.mail.model import LetterClass, LetterState
from chalicelib.members import service as members_service
from chalicelib.members.config import Consents
from chalicelib.members.schemas import ConsentChangeForm
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.mail.steps import MailService, World, email_confirmed, install, letter, message
from tests.support import partners
from tests.support.api import Answer, Api
from tests.support.crashes import crashes, empty_account, lost_replies, watched
from tests.support.table import everything

AGREED = {"advertising": {"agreed": True, "version": "2026-1", "at": "2026-11-19T09:00:00.000Z", "source": "cabinet"}}
FORM = {"content-type": "application/x-www-form-urlencoded"}
ONE_CLICK = b"List-Unsubscribe=One-Click"


@pytest.fixture
def world(context: Context, monkeypatch: pytest.MonkeyPatch) -> World:
    """A member who agreed to advertising, and the mail service."""
    made = World(context, MailService())
    install(monkeypatch, made, watched)
    partners.member(context, "mbr_1", consents=AGREED, language="ru")
    return made


def path_of(address: str) -> str:
    return urlsplit(address).path.removeprefix("/api")


@pytest.fixture
def page(world: World) -> str:
    return path_of(pages_for("mbr_1").preferences)


@pytest.fixture
def leave(world: World) -> str:
    return path_of(pages_for("mbr_1").unsubscribe)


def send(world: World, letter_id: str = "ltr_1", **facts: Any) -> tuple[LetterState, str]:
    """Sends an advertising letter, and returns what became of it."""
    world.context.table.put(email_confirmed())
    facts = {"letter_id": letter_id, "letter_class": LetterClass.ADVERTISING, **facts}
    mail_store.create(world.context.table, letter(world.context, **facts))
    mail_jobs.send_letters(world.context, message({"letter_id": letter_id}))
    found = mail_store.read(world.context.table, letter_id)
    assert found is not None
    return found.state, found.reason


# --- RFC 8058, by a client written from its text -----------------------------------------------------------------------


class MailProgram:
    """Section 3.2: the two headers, an https address, a POST without cookies, the key and value in either kind of body."""

    def __init__(self, api: Api, sent: dict[str, Any]) -> None:
        self._api = api
        self.raw = EmailMessage()
        for header in sent["Content"]["Simple"]["Headers"]:
            self.raw[header["Name"]] = header["Value"]

    def unsubscribe(self, kind: str) -> Answer:
        assert self.raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        [address] = re.findall("<(https:[^>]+)>", self.raw["List-Unsubscribe"])
        name, _, value = self.raw["List-Unsubscribe-Post"].partition("=")
        content_type, content = self._body(kind, name, value)
        return self._api.call("POST", path_of(address), raw=content, headers={"content-type": content_type})

    def _body(self, kind: str, name: str, value: str) -> tuple[str, bytes]:
        if kind == "urlencoded":
            return FORM["content-type"], urlencode({name: value}).encode()
        boundary = "---FormBoundaryjWmhtjORrn"
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--{boundary}--\r\n'
        return f'multipart/form-data; boundary="{boundary}"', part.encode()


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_a_mail_program_unsubscribes_with_one_click(api: Api, world: World, kind: str) -> None:
    assert send(world) == (LetterState.SENT, "")
    answer = MailProgram(api, world.service.accepted[0]).unsubscribe(kind)
    assert answer.status == 200  # no redirect: RFC 8058, section 3.1
    assert "set-cookie" not in answer.headers
    world.pass_time(timedelta(days=14).total_seconds())
    assert send(world, "ltr_2") == (LetterState.SKIPPED, "no_consent")
    assert len(world.service.accepted) == 1


def test_whoever_never_agreed_keeps_their_choices_and_takes_nobody_of_the_mailbox_along(api: Api, world: World) -> None:
    shared = {"consents": AGREED, "email": "office+a@partner.example"}
    partners.member(world.context, "mbr_1", **shared)
    partners.member(world.context, "mbr_2", email="office+b@partner.example")
    page = path_of(pages_for("mbr_2").preferences)
    saved = api.call(
        "POST", page, raw=urlencode({"language": "ru", "time_zone": "Europe/Moscow"}).encode(), headers=FORM
    )
    assert saved.status == 200
    known = members.member(world.context, "mbr_2")
    assert known and (known.language, known.consents) == ("ru", {})
    assert not [item for item in everything(world.context).values() if "unsubscribed_at" in item]
    # With the link to leave, they leave, whatever they said before.
    leave = path_of(pages_for("mbr_2").unsubscribe)
    api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
    assert [item for item in everything(world.context).values() if "unsubscribed_at" in item]


def test_the_foot_of_the_letter_links_to_both_pages(api: Api, world: World) -> None:
    send(world)
    simple = world.service.accepted[0]["Content"]["Simple"]["Body"]
    for address in pages_for("mbr_1"):
        assert f'href="{address}"' in simple["Html"]["Data"]
        assert address in simple["Text"]["Data"]
        assert api.call("GET", path_of(address)).status == 200


# --- leaving ----------------------------------------------------------------------------------------------------------


def test_looking_at_the_pages_changes_nothing(api: Api, context: Context, page: str, leave: str) -> None:
    before = everything(context)
    for path in (page, leave):
        shown = api.call("GET", path)
        assert (shown.status, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert everything(context) == before


def test_the_button_of_the_page_is_the_one_click(api: Api, world: World, leave: str) -> None:
    fields = form_of(api.call("GET", leave).text)
    assert urlencode(fields).encode() == ONE_CLICK
    assert "Вы отписаны" in api.call("POST", leave, raw=ONE_CLICK, headers=FORM).text
    assert send(world) == (LetterState.SKIPPED, "no_consent")


def test_unsubscribing_again_is_the_same(api: Api, context: Context, leave: str) -> None:
    first = api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
    before = everything(context)
    again = api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
    assert (first.status, again.status, again.text) == (200, 200, first.text)
    assert everything(context) == before


def test_the_withdrawn_consent_keeps_its_version_time_and_source(api: Api, context: Context, leave: str) -> None:
    api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
    member = members.member(context, "mbr_1")
    assert member is not None
    consent = member.consents["advertising"]
    assert (consent.agreed, consent.version, consent.at, consent.source) == (False, "2026-1", context.at, "letter")
    (logged,) = [item for key, item in everything(context).items() if key.sk.startswith("CONSENTLOG#")]
    assert (logged["agreed"], logged["source"], logged["address"]) == (False, "letter", "192.0.2.1")


def test_a_post_without_the_key_of_the_rfc_unsubscribes_nobody(api: Api, context: Context, leave: str) -> None:
    before = everything(context)
    refused = api.call("POST", leave, raw=b"", headers=FORM)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/List-Unsubscribe")
    assert everything(context) == before


def test_a_mail_program_may_send_more_than_the_key(api: Api, leave: str) -> None:
    assert api.call("POST", leave, raw=ONE_CLICK + b"&client=mail", headers=FORM).status == 200


def test_a_forged_link_opens_nothing(api: Api, context: Context, leave: str) -> None:
    forged = leave.replace("mbr_1", "mbr_2")
    partners.member(context, "mbr_2", consents=AGREED)
    assert api.call("GET", forged).status == 404
    assert api.call("POST", forged, raw=ONE_CLICK, headers=FORM).status == 404


@pytest.mark.parametrize(("language", "said"), [("ru", "Этот адрес никуда не ведёт"), ("en", "leads nowhere")])
def test_a_forged_link_is_a_page_for_who_opens_it_in_a_browser(api: Api, leave: str, language: str, said: str) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": language}
    for address in (leave.replace("mbr_1", "mbr_2"), "/v1/links/ltr_1-000000000000000000000000/1"):
        page = api.call("GET", address, headers=browser)
        assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert said in page.text and "mbr_" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    asked = api.call("GET", leave.replace("mbr_1", "mbr_2"), headers={"accept": "*/*"})
    assert asked.headers["content-type"] == "application/problem+json"


def test_the_link_of_an_erased_member_still_says_that_no_letters_come(api: Api, context: Context, leave: str) -> None:
    context.table.client.delete_item(
        TableName=context.table.name, Key={"pk": {"S": "MEMBER#mbr_1"}, "sk": {"S": "PROFILE"}}
    )
    assert "You are unsubscribed" in api.call("POST", leave, raw=ONE_CLICK, headers=FORM).text
    assert "You are unsubscribed" in api.call("GET", leave).text


def test_service_letters_still_come(api: Api, world: World, leave: str) -> None:
    api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
    facts = {"letter_class": LetterClass.SERVICE, "template": "welcome"}
    assert send(world, **facts) == (LetterState.SENT, "")


# --- coming back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "outcome"),
    [("import", (LetterState.SKIPPED, "unsubscribed")), ("cabinet", (LetterState.SENT, ""))],
)
def test_a_later_import_brings_nobody_back_and_their_own_word_does(
    api: Api, world: World, leave: str, source: str, outcome: tuple[LetterState, str]
) -> None:
    """The person is erased and comes again under another id, with the same address."""
    api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
    world.pass_time(3600)
    again = {"advertising": {**AGREED["advertising"], "at": world.context.at, "source": source}}
    for member_id in ("mbr_1", "mbr_new"):
        partners.member(world.context, member_id, email="mbr_1@partner.example", consents=again)
    today = contacts.local_day(world.context, None)
    verdict = contacts.may_contact(world.context, "mbr_new", "email", "advertising", today)
    assert (verdict.allowed, verdict.reason) == (source == "cabinet", "unsubscribed" if source == "import" else None)
    recipient = mail.Recipient("member", "mbr_new")
    assert send(world, recipient=recipient) == outcome


def test_who_agrees_again_in_the_cabinet_gets_letters(
    api: Api, world: World, leave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
    world.pass_time(60)
    version = world.context.config[Consents].consents["advertising"].version
    form = ConsentChangeForm(version=version, agreed=True)
    members_service.answer_consent(world.context, "mbr_1", "advertising", form, address="192.0.2.1")
    assert send(world) == (LetterState.SENT, "")


# --- choosing ---------------------------------------------------------------------------------------------------------


def form_of(text: str) -> list[tuple[str, str]]:
    """The fields that a browser would send when the button is pressed at once."""
    return _Form(text).fields


class _Form(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._select = self._option = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        facts = dict(attributes)
        if tag == "input" and (facts.get("type") == "hidden" or "checked" in facts):
            self.fields.append((str(facts["name"]), str(facts["value"])))
        if tag == "select":
            self._select = str(facts["name"])
        if tag == "option" and "selected" in facts:
            self._option = self._select

    def handle_data(self, data: str) -> None:
        if self._option:
            self.fields.append((self._option, data))
            self._option = ""


def post(api: Api, path: str, fields: list[tuple[str, str]]) -> Answer:
    return api.call("POST", path, raw=urlencode(fields).encode(), headers=FORM)


def test_the_page_sent_as_it_is_changes_no_choice(api: Api, context: Context, page: str) -> None:
    fields = form_of(api.call("GET", page).text)
    assert ("letters", "true") in fields
    assert ("language", "ru") in fields
    assert ("time_zone", "Europe/Moscow") in fields
    answer = post(api, page, fields)
    assert "Ваш выбор сохранён" in answer.text
    assert form_of(answer.text) == fields


def test_a_topic_that_is_turned_off_brings_no_letter_and_others_still_do(api: Api, world: World, page: str) -> None:
    fields = [each for each in form_of(api.call("GET", page).text) if each != ("topics", "events")]
    assert form_of(post(api, page, fields).text) == fields
    assert send(world, "ltr_1", topic="events") == (LetterState.SKIPPED, "topic_off")
    assert send(world, "ltr_2", topic="products") == (LetterState.SENT, "")


def test_a_channel_that_is_turned_off_is_no_way_to_reach_the_member(api: Api, world: World, page: str) -> None:
    fields = [each for each in form_of(api.call("GET", page).text) if each != ("channels", "telephone")]
    post(api, page, fields)
    today = contacts.local_day(world.context, None)
    assert contacts.may_contact(world.context, "mbr_1", "telephone", "content", today).reason == "channel_off"
    assert contacts.may_contact(world.context, "mbr_1", "telephone", "service", today).allowed
    assert contacts.may_contact(world.context, "mbr_1", "sms", "content", today).allowed


def test_language_and_zone_are_the_members_from_then_on(api: Api, context: Context, page: str) -> None:
    fields = dict(form_of(api.call("GET", page).text)) | {"language": "en", "time_zone": "Asia/Yekaterinburg"}
    assert "Your choices are saved" in post(api, page, list(fields.items())).text
    member = members.member(context, "mbr_1")
    assert member is not None
    assert (member.language, member.time_zone) == ("en", "Asia/Yekaterinburg")


def test_letters_that_are_turned_off_can_be_turned_on_only_in_the_cabinet(api: Api, world: World, page: str) -> None:
    fields = [each for each in form_of(api.call("GET", page).text) if each[0] != "letters"]
    assert "Вернуть их можно в кабинете" in post(api, page, fields).text
    assert "Вернуть их можно в кабинете" in post(api, page, [*fields, ("letters", "true")]).text
    assert send(world) == (LetterState.SKIPPED, "no_consent")


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        (("topics", "gossip"), "/topics"),
        (("language", "de"), "/language"),
        (("time_zone", "Mars/Olympus"), "/time_zone"),
        (("surprise", "1"), "/surprise"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(
    api: Api, context: Context, page: str, field: tuple[str, str], pointer: str
) -> None:
    fields = [each for each in form_of(api.call("GET", page).text) if each[0] != field[0] or field[0] == "topics"]
    before = everything(context)
    refused = post(api, page, [*fields, field])
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"].startswith(pointer)
    assert everything(context) == before


def test_the_pages_show_nothing_of_the_member_and_need_no_script(api: Api, page: str, leave: str) -> None:
    for path in (page, leave):
        shown = api.call("GET", path)
        assert "Anna" not in shown.text
        assert "partner.example" not in shown.text
        assert "<script" not in shown.text
        assert "form-action 'self'" in shown.headers["content-security-policy"]
        assert shown.headers["referrer-policy"] == "no-referrer"


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [crashes, lost_replies])
def test_a_fault_at_any_call_leaves_the_member_as_before_or_unsubscribed(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch, rounds: Any
) -> None:
    """Never in between; and whoever was answered with 200 is unsubscribed."""
    monkeypatch.setattr(respond, "context_now", lambda: context)
    for fault in rounds():
        empty_account()
        partners.member(context, "mbr_1", consents=AGREED)
        leave = path_of(pages_for("mbr_1").unsubscribe)
        answer = None
        with fault:
            answer = api.call("POST", leave, raw=ONE_CLICK, headers=FORM)
        member = members.member(context, "mbr_1")
        marked = any("unsubscribed_at" in item for item in everything(context).values())
        assert member is not None
        assert member.consents["advertising"].agreed is not marked, fault
        if answer is not None and answer.status == 200:
            assert marked, fault
        assert api.call("POST", leave, raw=ONE_CLICK, headers=FORM).status == 200
        again = members.member(context, "mbr_1")
        assert again is not None
        assert not again.consents["advertising"].agreed, fault
