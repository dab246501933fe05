"""Clicks on the links of a letter that was sent, over HTTP; openings that the mail service tells of."""

import json
import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from chalicelib import auth
from chalicelib.campaigns.config import Tracking
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.campaigns.tracking import store
from chalicelib.mail import jobs as mail_jobs
from chalicelib.members import keys as members_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.platform.quarters import quarter_of
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.mail.steps import report
from tests.support.api import STRANGER, Answer, Api
from tests.support.figures import with_figures

BODY = "# New\n\n[See the lamps](https://shop.example/lamps?a=1&b=2)\n\nAlso [read]({{ portal_url }}/news) this."
TEXTS = {language: {"subject": "New lamps", "body": BODY} for language in ("en", "ru")}
PERSON = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0"


class Sent:
    """A letter that was delivered to a member."""

    def __init__(self, api: Api, club: Post) -> None:
        self.api, self.club = api, club
        reader(club, "mbr_1")
        self.issue = approved(club, texts=TEXTS)
        club.at("2026-11-24T10:00")
        self.letter_id = letter_id(self.issue.issue_id, "mbr_1")
        (self.mail,) = club.ses.accepted
        self.html = self.mail["Content"]["Simple"]["Body"]["Html"]["Data"]
        self.text = self.mail["Content"]["Simple"]["Body"]["Text"]["Data"]
        self.links = re.findall(r'href="[^"]*(/v1/links/[^"]*)"', self.html)

    def click(self, path: str, agent: str = PERSON) -> Answer:
        return self.api.call("GET", path, STRANGER, headers={"user-agent": agent}, stage="/dev")

    @property
    def readings(self) -> Any:
        return store.together_of(self.club.context.table, [self.letter_id]).get(self.letter_id)


@pytest.fixture
def sent(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Sent:
    club = post(context, monkeypatch)
    monkeypatch.setattr(respond, "context_now", lambda: club.context)
    return Sent(api, club)


def test_a_click_goes_on_to_the_address_of_the_text_and_is_noted(sent: Sent) -> None:
    first = sent.click(sent.links[0])
    assert (first.status, first.headers["location"]) == (302, "https://shop.example/lamps?a=1&b=2")
    assert "shop.example" not in sent.html
    assert all(link in sent.text for link in sent.links[:2])
    second = sent.click(sent.links[1])
    assert second.headers["location"].endswith("/news")
    assert (sent.readings.clicks, sent.readings.machine_clicks, sent.readings.links) == (2, 0, (1, 2))
    assert sent.readings.clicked_at == sent.club.context.at


def test_a_hidden_link_tells_a_program(sent: Sent) -> None:
    hidden = next(each for each in sent.links if each.endswith("/0"))
    assert sent.click(hidden).status == 302
    sent.click(sent.links[0])
    assert (sent.readings.clicks, sent.readings.machine_clicks) == (0, 2)


def test_a_question_for_the_head_of_a_link_is_a_program_s_and_no_visit(sent: Sent) -> None:
    asked = sent.api.call("HEAD", sent.links[0], STRANGER, headers={"user-agent": PERSON}, stage="/dev")
    assert (asked.status, asked.headers["location"]) == (302, "https://shop.example/lamps?a=1&b=2")
    assert (sent.readings.clicks, sent.readings.machine_clicks, visits(sent)) == (0, 1, {})
    sent.click(sent.links[0])
    assert (sent.readings.clicks, sent.readings.machine_clicks) == (1, 1)


def test_a_click_from_a_network_of_scanners_is_a_program_s(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = with_figures(sent.club.context, Tracking, scanner_networks=[ip_network("192.0.2.0/24")])
    monkeypatch.setattr(respond, "context_now", lambda: filters)
    assert sent.click(sent.links[0]).status == 302
    assert (sent.readings.clicks, sent.readings.machine_clicks, visits(sent)) == (0, 1, {})


def visits(sent: Sent) -> dict[str, set[str]]:
    return dict(auth.visits(sent.club.context.table, quarter_of(sent.club.context.today)))


def test_a_click_of_a_person_is_a_visit_of_that_day_and_a_program_s_is_none(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent.click(sent.links[0], "curl/8.5")
    assert visits(sent) == {}
    noted: list[str] = []
    note_visit = auth.note_visit
    monkeypatch.setattr(
        auth,
        "note_visit",
        lambda table, member_id, at, **how: (noted.append(member_id), note_visit(table, member_id, at, **how)),
    )
    for link in (sent.links[0], sent.links[1], sent.links[0]):
        sent.club.pass_time(60)
        monkeypatch.setattr(respond, "context_now", lambda: sent.club.context)
        sent.click(link)
    assert visits(sent) == {"mbr_1": {"2026-11-24"}}
    assert noted == ["mbr_1"]
    activity = auth.activity_of(sent.club.context.table, ["mbr_1"], ["2026-Q4"])["mbr_1"]
    assert activity.clicks == {"2026-11-24"}, "a segment can ask for it"


def test_a_click_on_the_letter_of_one_who_is_gone_is_no_visit(sent: Sent) -> None:
    sent.club.context.table.delete_many([members_keys.member("mbr_1")])
    assert sent.click(sent.links[0]).status == 302
    assert visits(sent) == {}


@pytest.mark.parametrize(
    "change", [lambda link: link[:-2] + "/9", lambda link: link + "9", lambda link: link.replace("-", "-0")]
)
def test_a_forged_link_leads_nowhere_and_notes_nothing(sent: Sent, change: Any) -> None:
    answer = sent.click(change(sent.links[0]))
    assert (answer.status, "location" in answer.headers, sent.readings) == (404, False, None)


def test_the_same_report_of_an_opening_counts_once_in_any_order(sent: Sent) -> None:
    at = sent.club.context.now
    told = [report("Open", sent.mail, at - timedelta(minutes=minutes), userAgent=PERSON) for minutes in (5, 1)]
    for event in [*reversed(told), *told]:
        mail_jobs.settle_letters(sent.club.context, {"messageId": "1", "body": json.dumps(event)})
    assert (sent.readings.opens, sent.readings.opened_at) == (2, told[0]["open"]["timestamp"])


def test_a_letter_keeps_a_hundred_readings(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST", 3)
    for _ in range(5):
        sent.club.pass_time(60)
        assert sent.click(sent.links[0]).status == 302
    assert sent.readings.clicks == 3
