"""Results of issues over HTTP, counted at night from letters, readings and purchases."""

import json
from typing import Any

import pytest

from chalicelib.campaigns.results import jobs, service
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.tracking import service as tracking
from chalicelib.campaigns.tracking.model import Reading
from chalicelib.contacts.preferences import service as preferences
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.campaigns.sending.steps import Post, approved, post, reader
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


def test_an_unknown_issue_is_not_found(api: Api, club: Post) -> None:
    assert api.call("GET", "/v1/staff/campaigns/iss_none/results", MARKETING).status == 404
