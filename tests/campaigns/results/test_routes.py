"""Results of issues over HTTP, counted at night from letters, readings and purchases."""

import json
from typing import Any

import pytest

from chalicelib.campaigns.results import jobs, service
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.series import delivery
from chalicelib.campaigns.tracking import service as tracking
from chalicelib.campaigns.tracking.model import Reading
from chalicelib.contacts.preferences import service as preferences
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.campaigns.series.steps import running, step, told
from tests.support import partners
from tests.support.api import Api, Caller
from tests.tiers.steps import buy

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")
PERSON = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0"


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Companies of one person each, 12 of 36 held out."""
    made = post(context, monkeypatch)
    monkeypatch.setattr(respond, "context_now", lambda: made.context)
    partners.staff(made.context, "mbr_marketing", "marketing")
    for number in range(36):
        reader(made, f"mbr_{number}")
        partners.company(made.context, f"cmp_{number}", inn=None)
        partners.speaks_for(made.context, f"cmp_{number}", f"mbr_{number}")
    monkeypatch.setattr(
        segment_rules, "is_held_out", lambda salt, unit, percent: unit in {f"cmp_{number}" for number in range(24, 36)}
    )
    return made


def night(club: Post) -> None:
    club.waiting.clear()
    jobs.nightly_letter_results(club.context, {})
    for each in list(club.waiting):
        jobs.count_letter_results(club.context, {"messageId": "1", "body": each.body})
        club.waiting.remove(each)


def shown(api: Api, path: str) -> Any:
    answer = api.call("GET", path, MARKETING)
    assert answer.status == 200, answer.text
    return answer.json


def test_an_issue_says_what_it_achieved_beside_the_held_out(api: Api, club: Post) -> None:
    issue = approved(club)
    address = f"/v1/staff/campaigns/{issue.issue_id}/results"
    assert api.call("GET", address, MARKETING).json["code"] == "wrong_state"
    club.ses.fates = ["not accepted, no reply"]
    club.at("2026-11-24T11:00")

    letters = {number: club.letter(issue, f"mbr_{number}") for number in range(24)}
    delivered = [number for number, found in letters.items() if found and found.state == "sent"]
    for number in delivered[:6]:
        letter = letters[number]
        assert letter
        tracking.note(club.context, letter, Reading("click", club.context.at, 1, PERSON if number % 2 else "curl/8"))
    token = pages_for(f"mbr_{delivered[7]}").preferences.rpartition("/")[2]
    preferences.unsubscribe(club.context, token, caller_address="192.0.2.1")
    for number in [*range(18), 24, 25]:
        buy(club.context, f"cmp_{number}", 0, "1000")
    club.at("2026-11-26T06:00")
    night(club)
    found = shown(api, address)
    assert (found["audience"], found["planned"], found["left_out"]) == (37, 24, {"hold_out": 12, "no_consent": 1})
    assert found["unknown"] == 1
    assert found["sent"] + found["unknown"] + found["rejected"] == 24
    clickers = [number for number in delivered[:6] if number % 2]
    assert (found["clicked"]["people"], found["clicked"]["machines"]) == (len(clickers), 6 - len(clickers))
    assert found["unsubscribed"] == 1
    bought = found["purchases"]
    assert (bought["days"], bought["invited_companies"], bought["invited_bought"]) == (3, 24, 18)
    assert (bought["held_out_companies"], bought["held_out_bought"]) == (12, 2)
    assert bought["share"]["difference"] == pytest.approx(18 / 24 - 2 / 12)
    assert bought["share"]["is_shown"]
    assert bought["money"]["difference"] == {"amount": "583.33", "currency": "RUB"}
    assert json.loads(json.dumps(found["chart"]))["data"]["values"][0] == {"step": "planned", "people": 24}


def test_counting_twice_changes_nothing_and_later_purchases_are_not_the_letters(api: Api, club: Post) -> None:
    issue = approved(club)
    club.at("2026-12-23T12:00")
    buy(club.context, "cmp_1", 0, "1000")
    buy(club.context, "cmp_2", 1, "1000")
    night(club)
    first = shown(api, f"/v1/staff/campaigns/{issue.issue_id}/results")
    night(club)
    assert shown(api, f"/v1/staff/campaigns/{issue.issue_id}/results") == first
    club.at("2027-01-05T12:00")
    night(club)
    later = shown(api, f"/v1/staff/campaigns/{issue.issue_id}/results")
    assert (later["purchases"]["days"], later["purchases"]["invited_bought"]) == (30, 1)
    club.at("2027-02-05T12:00")
    assert list(service.due(club.context)) == []


def test_letters_are_compared_by_topic_slot_and_template_and_too_few_tell_nothing(api: Api, club: Post) -> None:
    approved(club, template="case")
    approved(club, slot="2026-12-01T16:30", issue_class="content", topic="events")
    club.at("2026-12-02T12:00")
    night(club)
    found = shown(api, "/v1/staff/letters/figures?by=topic&from=2026-11-01&to=2026-12-31")
    assert [(each["group"], each["issues"], each["delivered"]) for each in found["groups"]] == [
        ("events", 1, 24),
        ("products", 1, 24),
    ]
    assert (found["verdict"], found["best"]) == ("too_few_to_tell", None)
    slots = shown(api, "/v1/staff/letters/figures?by=slot")
    assert [each["group"] for each in slots["groups"]] == ["2 12:30", "2 16:30"]
    templates = shown(api, "/v1/staff/letters/figures?by=template&from=2026-11-01&to=2026-12-31")
    assert [each["group"] for each in templates["groups"]] == ["case", "none"]
    assert api.call("GET", "/v1/staff/letters/figures?by=colour", MARKETING).status == 422


def test_letters_are_compared_by_the_audience_of_their_readers(api: Api, club: Post) -> None:
    for number in range(10):
        reader(club, f"mbr_{number}", audience="designer")
    issue = approved(club)
    club.at("2026-11-24T11:00")
    letter = club.letter(issue, "mbr_3")
    assert letter
    tracking.note(club.context, letter, Reading("click", club.context.at, 1, PERSON))
    night(club)
    found = shown(api, "/v1/staff/letters/figures?by=audience")
    assert [(each["group"], each["issues"], each["delivered"], each["clicked"]) for each in found["groups"]] == [
        ("designer", 1, 10, 1),
        ("none", 1, 14, 0),
    ]


def test_openings_that_nobody_watches_are_not_told_as_none(api: Api, club: Post) -> None:
    issue = approved(club)
    club.at("2026-11-24T11:00")
    night(club)
    address = f"/v1/staff/campaigns/{issue.issue_id}/results"
    assert shown(api, address)["opened"] is None
    letter = club.letter(issue, "mbr_3")
    assert letter
    tracking.note(club.context, letter, Reading("open", club.context.at, -1, PERSON))
    night(club)
    assert shown(api, address)["opened"] == {"people": 1, "machines": 0}


def test_an_unknown_issue_is_not_found(api: Api, club: Post) -> None:
    assert api.call("GET", "/v1/staff/campaigns/iss_none/results", MARKETING).status == 404


def test_a_series_says_who_is_where_and_what_it_brought_beside_the_held_out(api: Api, club: Post) -> None:
    made = running(club.context, step("first", 0), step("second", 5), exits=["bought"])
    address = f"/v1/staff/series/{made.series_id}/results"
    assert api.call("GET", address, MARKETING).json["code"] == "wrong_state"
    for number in range(36):
        told(club, f"mbr_{number}", company_id=f"cmp_{number}")
    reader(club, "mbr_silent", consents={})
    told(club, "mbr_silent")
    club.at("2026-11-24T12:00")
    for number in [*range(18), 24, 25]:
        buy(club.context, f"cmp_{number}", 0, "1000")
    night(club)
    early = shown(api, address)
    assert (early["people"], early["ends"]) == (37, {"hold_out": 12, "no_consent": 1})
    assert early["steps"] == [
        {"step_id": "first", "waiting": 0, "letters": {"sent": 24}, "skipped": {}},
        {"step_id": "second", "waiting": 24, "letters": {}, "skipped": {}},
    ]
    assert (early["purchases"]["invited_companies"], early["purchases"]["share"]) == (0, None)
    club.at("2026-12-22T12:00")
    night(club)
    late = shown(api, address)
    assert late["ends"] == {"bought": 18, "finished": 6, "hold_out": 12, "no_consent": 1}
    assert [(each["step_id"], each["letters"]) for each in late["steps"]] == [
        ("first", {"sent": 24}),
        ("second", {"sent": 6}),
    ]
    bought = late["purchases"]
    assert (bought["invited_companies"], bought["invited_bought"]) == (24, 18)
    assert (bought["held_out_companies"], bought["held_out_bought"]) == (12, 2)
    assert bought["share"]["difference"] == pytest.approx(18 / 24 - 2 / 12) and bought["share"]["is_shown"]
    night(club)
    assert shown(api, address) == late


def test_whom_a_wave_holds_out_later_belongs_to_neither_arm(
    api: Api, club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = running(club.context, step("first", 0))
    for number in (0, 1, 24):
        told(club, f"mbr_{number}", company_id=f"cmp_{number}")
    club.at("2026-11-24T09:00")
    monkeypatch.setattr(delivery, "is_held", lambda context, series, enrolment: enrolment.company_id == "cmp_1")
    club.at("2026-12-23T12:00")
    night(club)
    found = shown(api, f"/v1/staff/series/{made.series_id}/results")
    assert found["ends"] == {"finished": 1, "hold_out": 2}
    assert (found["purchases"]["invited_companies"], found["purchases"]["held_out_companies"]) == (1, 1)


def test_an_unknown_series_has_no_results_and_a_shipped_one_none_yet(api: Api, club: Post) -> None:
    assert api.call("GET", "/v1/staff/series/ser_none/results", MARKETING).status == 404
    assert api.call("GET", "/v1/staff/series/welcome/results", MARKETING).json["code"] == "wrong_state"
