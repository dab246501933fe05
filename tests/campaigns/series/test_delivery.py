"""The letters of a series: each step once, at the reader's own hour, within the budget, until something ends it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import contacts
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.series import delivery, service, store
from chalicelib.campaigns.series.model import Exit
from chalicelib.campaigns.tracking import service as tracking
from chalicelib.campaigns.tracking.rules import token_of
from chalicelib.companies import keys as companies_keys
from chalicelib.contacts import HoldOut
from chalicelib.contacts import keys as contacts_keys
from chalicelib.contacts.preferences import service as preferences
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.mail import LetterState
from chalicelib.members import keys as members_keys
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.campaigns.series.steps import begun, came, changed, in_series, letters, running, step, told
from tests.support.partners import company, dismissed, speaks_for
from tests.tiers.steps import buy

OMSK = "Asia/Omsk"


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A Sunday, 22 November 2026."""
    return post(context, monkeypatch)


def buyer(club: Post) -> None:
    reader(club, "mbr_1")
    company(club.context)
    speaks_for(club.context, "cmp_1", role="buyer")


def test_a_letter_that_the_mail_service_did_not_take_waits_for_the_next_slot_once_its_own_is_over(club: Post) -> None:
    reader(club, "mbr_1")
    series = running(club.context)
    told(club)
    club.at("2026-11-24T09:00")
    club.ses.fates = ["throttled"] * 1000
    club.at("2026-11-24T20:00")
    club.ses.fates.clear()
    club.at("2026-11-27T00:00")
    assert came(club, series) == ["2026-11-26T09:30"]
    budget = club.context.table.get(contacts_keys.person("mbr_1"))
    assert budget and budget["email_content"] == "2026-11-26"


@pytest.mark.parametrize(
    ("zone", "came_at"),
    [("Asia/Vladivostok", "2026-12-03T02:30"), ("Europe/London", "2026-12-01T12:30")],
)
def test_a_member_who_moves_gets_the_next_step_at_the_hour_of_the_slot_there(
    club: Post, zone: str, came_at: str
) -> None:
    reader(club, "mbr_1", "Europe/Moscow")
    series = running(club.context)
    told(club)
    club.at("2026-11-25T00:00")
    reader(club, "mbr_1", zone)
    club.at("2026-12-20T00:00")
    assert came(club, series) == ["2026-11-24T09:30", came_at]


def test_steps_come_in_slots_after_their_working_days_once(club: Post) -> None:
    reader(club, "mbr_1")
    reader(club, "mbr_2", OMSK)
    series = running(club.context)
    told(club, "mbr_1")
    told(club, "mbr_2")
    told(club, "mbr_2")
    club.at("2026-12-20T00:00")
    # Monday is the first working day, Tuesday the first slot. Five working days later it is a Tuesday again.
    assert came(club, series, "mbr_1") == ["2026-11-24T09:30", "2026-12-01T09:30"]
    assert came(club, series, "mbr_2") == ["2026-11-24T06:30", "2026-12-01T06:30"]
    assert set(club.copies().values()) == {1}
    found = in_series(club, series)
    assert (found.end, [each.step_id for each in found.passed]) == ("finished", ["first", "second"])


def test_a_step_that_the_budget_skips_waits_for_the_first_slot_that_allows_it(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club, "2026-11-24T12:30", topic="products")
    club.at("2026-11-24T10:00")
    series = running(club.context, step("first", 0))
    told(club, at="2026-11-24T10:00:00.000Z")
    club.at("2026-12-20T00:00")
    # On Tuesday at 16:30 the issue has spent the week.
    assert came(club, series) == ["2026-12-01T09:30"]
    skipped = replace(in_series(club, series), step_id="first", skips=0)
    [kept] = delivery.mail.letters(club.context.table, [skipped.letter_id]).values()
    assert (kept.state, kept.reason, kept.next_day) == (LetterState.SKIPPED, "contact_budget", "2026-12-01")
    assert club.letter(issue, "mbr_1")


def test_of_a_step_and_an_issue_in_one_slot_the_step_goes(club: Post) -> None:
    reader(club, "mbr_1")
    reader(club, "mbr_2")
    series = running(club.context)
    issue = approved(club)
    told(club)
    club.at("2026-11-25T00:00")
    assert came(club, series) == ["2026-11-24T09:30"]
    skipped, sent = (club.letter(issue, each) for each in ("mbr_1", "mbr_2"))
    assert skipped and sent
    assert (skipped.reason, skipped.next_day) == ("contact_budget", "2026-12-01")
    assert (sent.state, club.took(issue, "mbr_2")) == (LetterState.SENT, "2026-11-24T09:30")


def test_a_step_that_the_budget_skips_too_often_is_passed(club: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery.rules, "MOST_SKIPS", 0)
    reader(club, "mbr_1")
    approved(club, "2026-11-24T12:30")
    club.at("2026-11-24T10:00")
    series = running(club.context, step("first", 0), step("second", 20))
    told(club, at="2026-11-24T10:00:00.000Z")
    club.at("2026-11-25T00:00")
    found = in_series(club, series)
    assert [(each.step_id, each.reason) for each in found.passed] == [("first", "contact_budget")]
    assert (found.step_id, found.end) == ("second", "")


def test_a_draft_sends_nothing_and_whoever_is_inside_waits(club: Post) -> None:
    reader(club, "mbr_1")
    series = running(club.context)
    told(club)
    service.stop(club.context, series.series_id, by="mbr_head")
    club.at("2026-11-25T00:00")
    assert (club.copies(), in_series(club, series).slot) == ({}, "")
    begun(club.context, series.series_id)
    club.at("2026-11-27T00:00")
    assert came(club, series) == ["2026-11-26T09:30"]


def test_a_missed_slot_is_not_made_up_for_late(club: Post) -> None:
    reader(club, "mbr_1")
    series = running(club.context)
    told(club)
    club.alive = False
    club.at("2026-11-24T10:45")
    club.alive, club.ticked_at = True, None
    club.at("2026-11-25T00:00")
    assert came(club, series) == ["2026-11-24T13:30"]


def test_who_unsubscribed_gets_no_further_step(club: Post) -> None:
    reader(club, "mbr_1")
    series = running(club.context)
    told(club)
    club.at("2026-11-25T00:00")
    token = pages_for("mbr_1").preferences.rpartition("/")[2]
    preferences.unsubscribe(club.context, token, caller_address="192.0.2.1")
    club.at("2026-12-20T00:00")
    assert len(club.copies()) == 1
    assert in_series(club, series).end in ("no_consent", "unsubscribed")


def test_a_member_who_is_gone_or_left_the_company_ends(club: Post) -> None:
    reader(club, "mbr_2")
    buyer(club)
    series = running(club.context)
    told(club, company_id="cmp_1")
    told(club, "mbr_2")
    dismissed(club.context, "cmp_1")
    club.context.table.delete_many([members_keys.member("mbr_2")])
    club.at("2026-11-25T00:00")
    assert not club.copies()
    assert [in_series(club, series, each).end for each in ("mbr_1", "mbr_2")] == ["company_left", "recipient_gone"]


@pytest.mark.parametrize("percent", [Decimal(7), Decimal(50)], ids=["club", "series"])
def test_who_is_held_out_is_enrolled_and_gets_no_letter(
    club: Post, monkeypatch: pytest.MonkeyPatch, percent: Decimal
) -> None:
    buyer(club)
    series = running(club.context, holdout_percent=50)
    monkeypatch.setattr(
        segment_rules, "is_held_out", lambda salt, unit, share: (unit, share) == ("7707083893", percent)
    )
    told(club, company_id="cmp_1")
    club.at("2026-11-25T00:00")
    assert (in_series(club, series).end, club.copies()) == ("hold_out", {})


def test_whom_a_wave_holds_out_waits_as_if_the_budget_were_spent(club: Post) -> None:
    buyer(club)
    series = running(club.context)
    told(club, company_id="cmp_1")
    tx = Transaction()
    contacts.hold_out(tx, HoldOut("cmp_1", "wav_1", date(2026, 12, 24)))
    club.context.table.commit(tx)
    club.at("2026-11-25T00:00")
    waiting = in_series(club, series)
    assert (waiting.end, waiting.skips, club.copies()) == ("", 1, {})


def test_a_company_that_closed_down_gets_no_further_step(club: Post) -> None:
    buyer(club)
    series = running(club.context)
    told(club, company_id="cmp_1")
    tx = Transaction()
    contacts.close_down(tx, "cmp_1", club.context.at)
    club.context.table.commit(tx)
    club.at("2026-11-25T00:00")
    assert (in_series(club, series).end, club.copies()) == ("closed_down", {})


@pytest.mark.parametrize("reason", ["bought", "active", "bonuses_spent", "tier_kept"])
def test_what_the_series_wanted_ends_it(club: Post, monkeypatch: pytest.MonkeyPatch, reason: Exit) -> None:
    buyer(club)
    series = running(club.context, exits=[reason])
    told(club, company_id="cmp_1")
    if reason == "bought":
        days = type("Totals", (), {"net": {club.context.today: Decimal(1)}})
        monkeypatch.setattr(delivery.sales, "day_totals", lambda *args: days)
    if reason == "active":
        monkeypatch.setattr(segment_rules, "stage_of", lambda *args: "active")
    club.at("2026-11-25T00:00")
    assert (in_series(club, series).end, club.copies()) == (reason, {})


@pytest.mark.parametrize("reason", ["bought", "active", "bonuses_spent", "tier_kept"])
def test_until_then_it_goes_on(club: Post, monkeypatch: pytest.MonkeyPatch, reason: Exit) -> None:
    buyer(club)
    series = running(club.context, exits=[reason])
    told(club, company_id="cmp_1")
    monkeypatch.setattr(delivery.bonuses, "usable", lambda item, day: Decimal(1))
    steps = {club.context.today.replace(day=24): Decimal(7)}
    falls = lambda item, day: type("Step", (), {"discount_percent": steps.get(day, Decimal(5))})  # noqa: E731
    monkeypatch.setattr(delivery.tiers, "tier_in_force", falls) if reason == "tier_kept" else None
    about = delivery.issue_texts.CompanyFacts("cmp_1", "Luch", delivery.tiers.NO_STEP, Decimal(0), "RUB")
    monkeypatch.setattr(delivery.issue_texts, "abouts", lambda context, people, texts: {"mbr_1": about})
    club.at("2026-11-25T00:00")
    assert came(club, series) == ["2026-11-24T09:30"]


def test_a_click_of_a_person_ends_a_series_that_wants_no_more(club: Post) -> None:
    reader(club, "mbr_1")
    texts = {each: {"subject": "A", "body": "[Look](https://club.example/new)"} for each in ("en", "ru")}
    series = running(club.context, step("first", texts=texts), step("second", 5), exits=["clicked"])
    told(club)
    club.at("2026-11-24T12:00")
    [letter] = letters(club, series)
    target = tracking.follow(
        club.context,
        token_of(aws.secret(), letter.letter_id),
        1,
        "Mozilla/5.0 (X11) Firefox/140",
        is_head=False,
        caller_address="",
    )
    assert target == "https://club.example/new"
    club.at("2026-12-20T00:00")
    assert (in_series(club, series).end, len(club.copies())) == ("clicked", 1)


def test_a_link_of_a_letter_outlives_a_change_of_its_step(club: Post) -> None:
    reader(club, "mbr_1")

    def to(address: str) -> dict[str, Any]:
        texts = {each: {"subject": "A", "body": f"[Look](https://club.example/{address})"} for each in ("en", "ru")}
        return step("first", texts=texts)

    series = running(club.context, to("old"))
    told(club)
    club.at("2026-11-24T12:00")
    changed(club.context, series, to("new"))
    [letter] = letters(club, series)
    link = token_of(aws.secret(), letter.letter_id)
    assert (
        tracking.follow(club.context, link, 1, "Firefox", is_head=False, caller_address="")
        == "https://club.example/old"
    )


def test_a_step_is_for_whom_its_conditions_say_and_others_pass_it(club: Post) -> None:
    reader(club, "mbr_1", language="ru")
    series = running(club.context, step("first", conditions={"languages": ["en"]}), step("second"))
    told(club)
    club.at("2026-11-27T00:00")
    found = in_series(club, series)
    assert [(each.step_id, each.reason) for each in found.passed] == [("first", "conditions"), ("second", "")]
    assert came(club, series) == ["2026-11-26T09:30"]


def test_a_change_reaches_those_inside(club: Post) -> None:
    reader(club, "mbr_1")
    series = running(club.context)
    told(club)
    club.at("2026-11-25T00:00")
    changed(club.context, series, step("zero"), step("first"), step("added"), step("second", 10))
    club.at("2026-12-30T00:00")
    assert [each.step_id for each in in_series(club, series).passed] == ["first", "added", "second"]
    assert came(club, series) == ["2026-11-24T09:30", "2026-12-01T09:30", "2026-12-15T09:30"]


@pytest.mark.parametrize(("wait_days", "slot"), [(9, "2026-12-03T12:30"), (3, "2026-11-26T12:30")])
def test_a_wait_that_is_changed_moves_the_slot_of_those_inside_when_it_is_approved(
    club: Post, wait_days: int, slot: str
) -> None:
    reader(club, "mbr_1")
    series = running(club.context, step("first", 6))
    told(club)
    assert in_series(club, series).slot == "2026-12-01T12:30"
    changed(club.context, series, step("first", wait_days))
    club.at("2026-11-21T00:00")
    assert in_series(club, series).slot == slot


def test_who_has_no_text_passes_the_step_and_goes_on(club: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    reader(club, "mbr_1")
    series = running(club.context)
    told(club)
    monkeypatch.setattr(delivery.issue_texts, "MOST_BYTES", 10)
    club.at("2026-11-25T00:00")
    monkeypatch.undo()
    assert [(each.step_id, each.reason) for each in in_series(club, series).passed] == [("first", "too_large")]
    assert not in_series(club, series).ended_at


def test_those_inside_are_counted_by_the_step_they_wait_for(club: Post) -> None:
    for number in range(3):
        reader(club, f"mbr_{number}")
    series = running(club.context)
    told(club, "mbr_0")
    club.at("2026-11-25T00:00")
    told(club, "mbr_1")
    told(club, "mbr_2")
    view, _ = service.show(club.context, series.series_id)
    assert {each.step_id: each.members for each in view.inside} == {"first": 2, "second": 1}
    page, last = service.members_page(club.context, series.series_id, 2, None)
    assert (len(page), last is None) == (2, False)
    assert store.count_inside(club.context.table, series.series_id).total() == 3


# --- a bad letter, a company that is joined, a series that stands still ---------------------------------------------------


@pytest.mark.parametrize("cause", ["tracked", "compose"])
def test_a_step_whose_letter_fails_is_passed_with_its_reason_and_holds_up_nobody(
    club: Post, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    reader(club, "mbr_1")
    reader(club, "mbr_2")
    series = running(club.context, step("first", 0), step("second", 5))
    told(club, "mbr_1")
    told(club, "mbr_2")
    place: Any = {"tracked": delivery.tracking, "compose": delivery.issue_texts}[cause]
    works = getattr(place, cause)

    def raises(*given: Any) -> Any:
        if "mbr_1@" in repr(given):
            raise ValueError("a bad letter")
        return works(*given)

    with monkeypatch.context() as poison:
        poison.setattr(place, cause, raises)
        club.at("2026-11-25T00:00")
    club.at("2026-12-20T00:00")
    assert [each.reason for each in in_series(club, series, "mbr_1").passed] == ["failed", ""]
    assert len(came(club, series, "mbr_2")) == 2


def test_somebody_whose_facts_fail_leaves_the_series_and_the_others_go_on(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    for member_id in ("mbr_1", "mbr_2"):
        reader(club, member_id)
    company(club.context)
    speaks_for(club.context, "cmp_1", "mbr_1", role="buyer")
    series = running(club.context, step("first", 0), exits=["bought"])
    told(club, "mbr_1", company_id="cmp_1")
    told(club, "mbr_2")

    def raises(*given: Any) -> Any:
        raise KeyError("net")

    monkeypatch.setattr(delivery.sales, "day_totals", raises)
    club.at("2026-11-25T00:00")
    assert in_series(club, series, "mbr_1").end == "failed"
    assert len(came(club, series, "mbr_2")) == 1


def join(club: Post, company_id: str, into: str, member_id: str) -> None:
    """Company and person, as a join of companies changes them."""
    item = club.context.table.get(companies_keys.company(company_id))
    assert item
    club.context.table.put({**item, "joined_into": into})
    dismissed(club.context, company_id, member_id)
    speaks_for(club.context, into, member_id, role="buyer")


def test_the_people_of_a_joined_company_go_on_in_their_series_for_the_company_that_stays(club: Post) -> None:
    buyer(club)
    company(club.context, "cmp_2", inn=None)
    company(club.context, "cmp_3", inn=None)
    series = running(club.context, step("first", 0), step("second", 1), step("third", 1), exits=["bought"])
    told(club, company_id="cmp_1")
    club.at("2026-11-24T10:00")
    join(club, "cmp_1", "cmp_2", "mbr_1")
    club.at("2026-12-01T10:00")
    join(club, "cmp_2", "cmp_3", "mbr_1")
    assert len(came(club, series)) == 2
    buy(club.context, "cmp_3", 0, "100.00")
    club.at("2026-12-20T00:00")
    assert (len(came(club, series)), in_series(club, series).end) == (2, "bought")


def test_whoever_waits_in_a_stopped_series_is_written_once_and_goes_on_when_it_is_approved(club: Post) -> None:
    for number in range(3):
        reader(club, f"mbr_{number}")
    series = running(club.context)
    for number in range(3):
        told(club, f"mbr_{number}")
    service.stop(club.context, series.series_id, by="mbr_head")
    club.at("2026-11-25T00:00")
    versions = [in_series(club, series, f"mbr_{number}").version for number in range(3)]
    club.at("2026-12-09T00:00")
    assert [in_series(club, series, f"mbr_{number}").version for number in range(3)] == versions
    assert not store.due(club.context) and not club.copies()
    begun(club.context, series.series_id)
    club.at("2026-12-10T14:00")
    assert [came(club, series, f"mbr_{number}") for number in range(3)] == [["2026-12-10T09:30"]] * 3
    assert in_series(club, series, "mbr_0").step_id == "second"
