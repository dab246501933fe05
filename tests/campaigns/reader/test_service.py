"""A member's own letters: what came, and what will."""

from collections import Counter

import pytest

from chalicelib.campaigns.plan.model import Issue
from chalicelib.campaigns.reader import service
from chalicelib.campaigns.reader.schemas import LettersView
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.sending import service as pausing
from chalicelib.campaigns.sending.schemas import IssueReasonForm
from chalicelib.campaigns.series import service as series_service
from chalicelib.mail.notices import store as notices
from chalicelib.mail.notices.model import Notice
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from tests.campaigns.sending.steps import TEXTS, Post, approved, post, reader
from tests.campaigns.series.steps import running, step, told
from tests.support import partners
from tests.support.api import Api, Caller


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    made = post(context, monkeypatch)
    reader(made, "mbr_1")
    return made


def letters(club: Post, member_id: str = "mbr_1") -> LettersView:
    return service.letters(club.context, member_id)


def subject(text: str) -> dict[str, dict[str, str]]:
    return {each: {**TEXTS[each], "subject": text} for each in ("en", "ru")}


def test_letters_of_every_kind_come_newest_first(club: Post) -> None:
    notices.write(
        club.context, "mbr_1", Notice("20261121T090000000Z-ltr_1", "welcome", "Welcome", "", "2026-11-21T09:00:00.000Z")
    )
    running(club.context, step("first", 0, texts=subject("{{ name }}, hello")))
    told(club)
    approved(club, "2026-12-08T12:30")
    club.at("2026-12-09T00:00")
    assert [(each.kind, each.subject, each.at[:10]) for each in letters(club).came] == [
        ("issue", "New lamps", "2026-12-08"),
        ("series", "Anna mbr_1, hello", "2026-11-24"),
        ("service", "Welcome", "2026-11-21"),
    ]
    assert letters(club).coming == []


def test_letters_to_come_are_the_next_steps_and_the_approved_issues_of_a_month(club: Post) -> None:
    series = running(club.context, step("first", 5, texts=subject("Prices of {{ club_name }}")), step("second"))
    told(club)
    approved(club, "2026-12-08T12:30")
    approved(club, "2027-01-26T12:30")
    approved(club, "2026-12-10T16:30", texts=subject("For {{ company }}"), topic="events")
    found = letters(club)
    assert [(each.kind, each.topic, each.slot) for each in found.coming] == [
        ("series", "club", "2026-12-01T12:30"),
        ("issue", "products", "2026-12-08T12:30"),
        ("issue", "events", "2026-12-10T16:30"),
    ]
    assert found.coming[0].subject.startswith("Prices of")
    series_service.stop(club.context, series.series_id, by="mbr_head")
    assert [each.kind for each in letters(club).coming] == ["issue", "issue"]


def test_an_issue_that_the_member_will_not_get_is_not_announced(club: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(club, "2026-12-08T12:30")
    reader(club, "mbr_2", consents={})
    assert (len(letters(club).coming), letters(club, "mbr_2").coming) == (1, [])
    monkeypatch.setattr(segment_rules, "matches", lambda *args: False)
    assert letters(club).coming == []


def test_an_issue_that_missed_its_slot_is_announced_for_the_next_one(club: Post) -> None:
    issue = approved(club, "2026-11-24T12:30")
    club.at("2026-11-24T08:00")
    pausing.pause(club.context, issue.issue_id, IssueReasonForm(reason="A fault"), by="mbr_head")
    club.at("2026-11-24T10:00")
    assert [each.slot for each in letters(club).coming] == ["2026-11-24T12:30"]
    club.at("2026-11-24T11:00")
    assert [each.slot for each in letters(club).coming] == ["2026-11-24T16:30"]
    pausing.resume(club.context, issue.issue_id, IssueReasonForm(reason="Mended"), by="mbr_head")
    club.at("2026-11-24T14:00")
    assert (len(letters(club).came), letters(club).coming) == (1, [])


def test_an_issue_that_was_skipped_did_not_come(club: Post) -> None:
    first: Issue = approved(club, "2026-11-24T12:30")
    approved(club, "2026-11-26T12:30")
    club.at("2026-11-27T00:00")
    assert [each.at[:10] for each in letters(club).came] == ["2026-11-24"]
    assert Counter(letter.kind for letter in letters(club).came) == {"issue": 1}
    assert club.letter(first, "mbr_1")


def test_who_is_gone_has_no_letters(club: Post) -> None:
    with pytest.raises(Problem, match="not_found"):
        letters(club, "mbr_nobody")


def test_a_member_asks_for_their_own(api: Api, context: Context) -> None:
    partners.member(context, "mbr_1")
    told = {"letter": "welcome", "title": "Welcome", "text": "", "at": "2026-11-21T09:00:00.000Z"}
    notices.write(context, "mbr_1", Notice("20261121T090000000Z-ltr_1", **told))
    answer = api.call("GET", "/v1/me/letters", Caller.person("mbr_1"))
    came = {"kind": "service", "subject": "Welcome", "topic": None, "at": "2026-11-21T09:00:00.000Z"}
    assert answer.json == {"came": [came], "coming": []}
