"""Bad input about letters in a bare club: a problem with a pointer, or nothing happens and it is logged."""

import json
import logging
from typing import Any

import pytest

from chalicelib.contacts.preferences.service import pages_for
from chalicelib.mail import jobs as mail_jobs
from chalicelib.platform.context import Context
from tests.campaigns.plan.test_routes import TEXTS, form
from tests.campaigns.sending.steps import AGREED, Post, approved, post, reader
from tests.mail.steps import report
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.table import everything

PLAN = "/v1/staff/campaigns"


def refusal(answer: Answer) -> tuple[int, str, list[str]]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status, answer.json["code"], [each["pointer"] for each in answer.json.get("errors", [])]


def text(body: str) -> dict[str, Any]:
    return {"texts": {"ru": {"subject": "Письмо", "body": body}}}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/staff/segments", {"name": "A", "conditions": {"colour": "red"}}, "/conditions/colour"),
        ("/v1/staff/segments/preview", {"conditions": {"colour": "red"}}, "/conditions/colour"),
        (PLAN, form(slot="2026-11-19T12:30"), "/slot"),
        (PLAN, form(**text("{{ nome }}")), "/texts/ru/body"),
        (
            PLAN,
            form(**text("{% for a in range(9) %}{% for b in range(9) %}{% endfor %}{% endfor %}")),
            "/texts/ru/body",
        ),
        (PLAN, form(**text("{% if name %}" * 1400 + "{% endif %}" * 1400)), "/texts/ru/body"),
        (PLAN, form(**text("{{ " + "not " * 9000 + "name }}")), "/texts/ru/body"),
        (PLAN, form(**text("[" * 40_000)), "/texts/ru/body"),
        (PLAN, form(**text("{% if not tier %}[a](javascript:alert){% endif %}")), "/texts/ru/body"),
        (PLAN, form(**text("\n\n".join(["ж" * 300] * 130))), "/texts/ru/body"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_written(
    api: Api, context: Context, marketing: Caller, path: str, body: dict[str, Any], pointer: str
) -> None:
    before = everything(context)
    assert refusal(api.call("POST", path, marketing, body, key="k")) == (422, "invalid", [pointer])
    assert everything(context) == before


def test_an_issue_without_one_language_is_not_approved_and_the_language_is_named(
    api: Api, marketing: Caller, head: Caller
) -> None:
    segment = api.call("POST", "/v1/staff/segments", marketing, {"name": "All", "conditions": {}}, key="s").json
    half = form(segment["segment_id"], texts={"en": TEXTS["en"]})
    url = api.call("POST", PLAN, marketing, half, key="k").headers["location"]
    assert refusal(api.approve(url, head)) == (409, "wrong_state", ["/texts/ru"])


def test_an_author_does_not_approve_and_a_move_against_the_budget_asks_first(api: Api, marketing: Caller) -> None:
    first = api.call("POST", PLAN, marketing, form(slot="2026-12-01T12:30"), key="a").headers["location"]
    assert refusal(api.approve(first, marketing))[:2] == (403, "four_eyes")
    second = api.call("POST", PLAN, marketing, form(slot="2026-12-22T12:30"), key="b").headers["location"]
    moved = {"slot": "2026-12-08T12:30"}
    assert refusal(api.call("POST", f"{second}/move", marketing, moved)) == (409, "conflict", ["/slot"])
    assert api.call("POST", f"{second}/move", marketing, {**moved, "accept_skips": True}).status == 200


def test_a_forged_link_unsubscribes_nobody_and_an_old_one_always_does(api: Api, context: Context) -> None:
    partners.member(context, "mbr_1", consents=AGREED)
    path = pages_for("mbr_1").unsubscribe.removeprefix("https://club.example/api")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    before = everything(context)
    token = path.split("/")[-2]
    forged = path.replace(token, f"{token[:-1]}{'0' if token[-1] != '0' else '1'}")
    assert api.call("POST", forged, raw=b"List-Unsubscribe=One-Click", headers=kind).status == 404
    assert everything(context) == before
    for _ in range(2):
        assert api.call("POST", path, raw=b"List-Unsubscribe=One-Click", headers=kind).status == 200


def test_reports_on_no_letter_twice_and_in_any_order_change_nothing(
    context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    club = post(context, monkeypatch)
    reader(club, "mbr_1")
    issue = approved(club)
    club.at("2026-11-25T00:00")
    [sent] = club.ses.accepted

    def settle(event: dict[str, Any]) -> None:
        mail_jobs.settle_letters(club.context, {"messageId": "1", "body": json.dumps(event)})

    for kind in ("Delivery", "Send", "Delivery"):
        settle(report(kind, sent, club.context.now))
    known = found(club)
    for kind in ("Send", "Delivery", "Send"):
        settle(report(kind, sent, club.context.now))
    assert found(club) == known
    nobody = {
        **sent,
        "EmailTags": [{"Name": "letter_id", "Value": "ltr_none"}],
        "Destination": {"ToAddresses": ["no@b.example"]},
    }
    with caplog.at_level(logging.WARNING):
        settle(report("Delivery", nobody, club.context.now))
    assert "a report on no letter of ours" in caplog.text
    assert found(club) == known
    assert club.sending(issue).states == {"sent": 1}


def found(club: Post) -> Any:
    return everything(club.context)
