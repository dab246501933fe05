"""Before the slot: every letter is composed once and none is sent, and the staff send a test to themselves."""

from typing import Any

import pytest

from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.sending import service
from chalicelib.campaigns.sending.schemas import IssueReasonForm, SendingView
from chalicelib.catalog import keys as catalog_keys
from chalicelib.contacts import keys as contacts_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.catalog.steps import row, stock
from tests.support import partners
from tests.support.api import Api, Caller

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    made = post(context, monkeypatch)
    monkeypatch.setattr(respond, "context_now", lambda: made.context)
    partners.staff(made.context, "mbr_marketing", "marketing")
    return made


def test_every_letter_is_composed_before_the_slot_and_none_is_sent(club: Post) -> None:
    for number in range(70):
        reader(club, f"mbr_{number}", "Asia/Omsk" if number % 2 else None)
    issue = approved(club)
    club.at("2026-11-23T13:00")
    found = club.sending(issue)
    assert (found.composed, found.failures, len(club.ses.accepted)) == (70, [], 0)
    club.at("2026-11-25T00:00")
    assert club.sending(issue).states == {"sent": 70}


def test_letters_that_cannot_be_composed_pause_the_issue_and_are_told_by_reason(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(club, "mbr_1")
    reader(club, "mbr_long", name="A" * 100)
    made = issue_texts.render

    def render(text: Any, language: Any, facts: Any, issue_class: Any = "content") -> Any:
        if facts["name"] == "A" * 100:
            raise ValueError("too long for this text")
        return made(text, language, facts, issue_class)

    monkeypatch.setattr(issue_texts, "render", render)
    issue = approved(club)
    club.at("2026-11-23T13:00")
    found = club.sending(issue)
    assert found.failures == [("not_composed", 1, "mbr_long")]
    assert found.issue.pause and found.issue.pause.reason == "rehearsal"
    service.resume(club.context, issue.issue_id, IssueReasonForm(reason="One is enough"), by="mbr_head")
    club.at("2026-11-25T00:00")
    assert (club.sending(issue).states, club.sending(issue).skipped) == ({"sent": 1}, {"not_composed": 1})


@pytest.mark.parametrize(
    "body",
    [
        "{{ name }} " * 500,
        # Its links through the club make it so.
        "\n\n".join(f"[{number}](https://a.example/{number}) {number}" for number in range(350)),
    ],
    ids=["name", "links"],
)
def test_a_letter_of_more_than_a_hundred_kilobytes_is_not_composed(club: Post, body: str) -> None:
    reader(club, "mbr_1", name="ж" * 100)
    long = {"subject": "Long", "body": body}
    issue = approved(club, texts={"en": long, "ru": long})
    club.at("2026-11-25T00:00")
    assert club.sending(issue).failures == [("too_large", 1, "mbr_1")]
    assert not club.ses.accepted


def test_the_staff_send_a_test_to_themselves_once_and_it_spends_no_budget(api: Api, club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    address = f"/v1/staff/campaigns/{issue.issue_id}/test"
    for _ in range(2):
        asked = api.call("POST", address, MARKETING, key="a")
        assert (asked.status, asked.json["email"]) == (202, "mbr_marketing@partner.example")
    club.tick()
    club.at("2026-11-20T09:05")
    (mail,) = club.ses.accepted
    assert mail["Destination"]["ToAddresses"] == ["mbr_marketing@partner.example"]
    assert mail["Content"]["Simple"]["Subject"]["Data"] == "Test: New lamps"
    assert club.context.table.get(contacts_keys.person("mbr_marketing")) is None


def test_there_is_no_test_of_an_issue_that_there_is_not(api: Api, club: Post) -> None:
    assert api.call("POST", "/v1/staff/campaigns/iss_none/test", MARKETING, key="a").status == 404


def test_the_rehearsal_counts_the_letters_without_a_product_and_the_others_go_on(club: Post) -> None:
    stock(club.context, row("LMP-1", "120.00"), row("LMP-2", "50.00"))
    reader(club, "mbr_1")
    reader(club, "mbr_alone")
    partners.company(club.context, "cmp_1")
    partners.speaks_for(club.context, "cmp_1", "mbr_1")
    body = "![](product:LMP-1)\n![](product:LMP-2)\n\nOrder them."
    issue = approved(club, texts={language: {"subject": "Lamps", "body": body} for language in ("en", "ru")})
    club.context.table.delete_many([catalog_keys.product("LMP-2")])
    club.at("2026-11-23T13:00")
    found = club.sending(issue)
    assert (found.composed, found.failures) == (2, [])
    assert SendingView.of(found).products_left_out == {"LMP-1": 1, "LMP-2": 2}
    club.at("2026-11-25T00:00")
    texts = {mail["Destination"]["ToAddresses"][0]: mail["Content"]["Simple"]["Body"] for mail in club.ses.accepted}
    own, alone = texts["mbr_1@partner.example"], texts["mbr_alone@partner.example"]
    assert "Your price: 120.00\xa0RUB / pcs" in own["Text"]["Data"] and "Your price" in own["Html"]["Data"]
    assert "LMP" not in alone["Html"]["Data"] and "Order them." in alone["Text"]["Data"]
