"""The letters of an issue: at the reader's own hour, once, within the budget; and what becomes of those who get none."""

from contextlib import suppress
from datetime import date, time
from typing import Any

import pytest

from chalicelib import contacts
from chalicelib.campaigns.config import Pacing
from chalicelib.campaigns.plan import service as plan
from chalicelib.campaigns.plan.model import IssueState
from chalicelib.campaigns.plan.schemas import MoveForm
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.segments import service as segments
from chalicelib.campaigns.segments.schemas import SegmentForm
from chalicelib.campaigns.sending import recipients, service, store
from chalicelib.campaigns.sending.events import PAUSED_ITSELF
from chalicelib.campaigns.sending.model import Run
from chalicelib.campaigns.sending.schemas import IssueReasonForm
from chalicelib.contacts import keys as contacts_keys
from chalicelib.contacts.budget.rules import address_id
from chalicelib.contacts.config import Slots
from chalicelib.contacts.preferences import service as preferences
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.mail import LetterState
from chalicelib.mail import store as mail_store
from chalicelib.members import keys as members_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing.promotions.model import PromotionForm
from chalicelib.pricing.promotions.store import StoredPromotion, put_promotion
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.campaigns.sending.steps import Post, approved, post, reader, surrounded
from tests.mail.steps import letter
from tests.support.figures import with_figures
from tests.support.partners import speaks_for
from tests.tiers.steps import in_memory

BERLIN, OMSK = "Europe/Berlin", "Asia/Omsk"  # UTC+1 and UTC+6 in winter; the club is in Moscow, UTC+3
REASON = IssueReasonForm(reason="Looked at it")


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    return post(context, monkeypatch)


def unsubscribe(club: Post, member_id: str) -> None:
    token = pages_for(member_id).preferences.rpartition("/")[2]
    preferences.unsubscribe(club.context, token, caller_address="192.0.2.1")


# --- the way of an issue ----------------------------------------------------------------------------------------------


def test_everybody_gets_the_letter_at_the_hour_of_the_slot_in_their_own_zone(club: Post) -> None:
    reader(club, "mbr_moscow")
    reader(club, "mbr_berlin", BERLIN)
    reader(club, "mbr_omsk", OMSK)
    issue = approved(club)
    club.at("2026-11-25T00:00")
    assert [club.took(issue, f"mbr_{place}") for place in ("omsk", "moscow", "berlin")] == [
        "2026-11-24T06:30",
        "2026-11-24T09:30",
        "2026-11-24T11:30",
    ]
    assert set(club.copies().values()) == {1}
    assert club.sending(issue).issue.state is IssueState.SENT
    assert club.sending(issue).states == {"sent": 3}


def test_an_issue_is_queued_a_day_ahead_and_sends_from_its_first_slot_on(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    states = []
    for moment in ("2026-11-23T12:00", "2026-11-23T13:00", "2026-11-24T09:20", "2026-11-24T09:40"):
        club.at(moment)
        states.append(str(club.sending(issue).issue.state))
    assert states == ["approved", "queued", "queued", "sent"]


def test_the_audience_is_kept_with_who_is_left_out_and_why(club: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    reader(club, "mbr_1")
    reader(club, "mbr_silent", consents={})
    reader(club, "mbr_held")
    speaks_for(club.context, "cmp_held", "mbr_held")
    monkeypatch.setattr(segment_rules, "is_held_out", lambda salt, company_id, percent: company_id == "cmp_held")
    issue = approved(club)
    club.at("2026-11-25T00:00")
    found, last = recipients.page(club.context, issue.issue_id, 100, None)
    assert {each.member_id: each.left_out for each in found} == {
        "mbr_1": None,
        "mbr_silent": "no_consent",
        "mbr_held": "hold_out",
    }
    letters = {each.member_id: each.letter and each.letter.state for each in found}
    assert letters == {"mbr_1": LetterState.SENT, "mbr_silent": None, "mbr_held": None}
    assert last is None


def test_the_people_of_an_audience_come_page_by_page(club: Post) -> None:
    for number in range(30):
        reader(club, f"mbr_{number}")
    issue = approved(club)
    club.at("2026-11-24T00:00")
    seen, position = [], None
    while True:
        found, position = recipients.page(club.context, issue.issue_id, 7, position)
        assert len(found) <= 7
        seen += [each.member_id for each in found]
        if position is None:
            break
    assert sorted(seen) == sorted(f"mbr_{number}" for number in range(30))


def test_an_issue_to_nobody_is_sent_at_once(club: Post) -> None:
    issue = approved(club)
    club.at("2026-11-23T13:00")
    assert club.sending(issue).issue.state is IssueState.SENT


def test_an_issue_whose_segment_is_gone_is_an_idea_again(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    segments.delete(club.context, issue.segment_id, 1)
    club.at("2026-11-25T00:00")
    found = club.sending(issue).issue
    assert (found.state, found.segment_id, found.approved_by) == (IssueState.IDEA, "", "")
    assert not club.ses.accepted


def test_an_issue_whose_segment_was_changed_after_the_approval_waits_for_another(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    renamed = SegmentForm.model_validate({"name": "Everybody", "conditions": {}})
    segments.change(club.context, issue.segment_id, 1, renamed, by="mbr_author")
    others = SegmentForm.model_validate({"name": "Everybody", "conditions": {"languages": ["en"]}})
    segments.change(club.context, issue.segment_id, 2, others, by="mbr_author")
    club.at("2026-11-25T00:00")
    found = club.sending(issue).issue
    assert (found.state, found.approved_by) == (IssueState.DRAFT, "")
    assert not club.ses.accepted


def test_an_issue_whose_segment_got_another_name_after_the_approval_is_sent(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    renamed = SegmentForm.model_validate({"name": "Everybody", "conditions": {}})
    segments.change(club.context, issue.segment_id, 1, renamed, by="mbr_author")
    club.at("2026-11-25T00:00")
    assert club.sending(issue).issue.state is IssueState.SENT


def test_an_issue_on_its_way_cannot_be_changed_or_moved(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    club.at("2026-11-23T13:00")
    with pytest.raises(Problem) as refused:
        plan.move(club.context, issue.issue_id, MoveForm(slot="2026-12-01T12:30"), by="mbr_author")
    assert refused.value.code == "wrong_state"
    assert plan.approve(club.context, issue.issue_id, issue.version, by="mbr_head")[0].state == "queued"


def test_a_later_issue_does_not_overtake_an_earlier_one_that_a_worker_still_sends(club: Post) -> None:
    for number in range(120):
        reader(club, f"mbr_{number:03d}", language="ru" if number >= 104 else "en")
    first = approved(club)
    club.pass_time(1)
    russian = SegmentForm.model_validate({"name": "Russian", "conditions": {"languages": ["ru"]}})
    segment = segments.create(club.context, russian, by="mbr_author")
    second = approved(club, issue_class="content", segment_id=segment.segment_id)
    club.rate = 0.06  # 33 minutes for them all: two ticks come meanwhile
    club.at("2026-11-24T10:29")
    assert (club.sending(first).states, club.sending(second).states) == ({"sent": 120}, {})


# --- late -------------------------------------------------------------------------------------------------------------


def test_what_missed_its_slot_by_more_than_an_hour_waits_for_the_next_one_and_says_so(club: Post) -> None:
    reader(club, "mbr_moscow")
    reader(club, "mbr_berlin", BERLIN)
    issue = approved(club)
    club.at("2026-11-24T09:00")
    club.alive = False
    club.at("2026-11-24T10:45")
    club.alive = True
    club.at("2026-11-25T00:00")
    assert club.took(issue, "mbr_berlin") == "2026-11-24T11:30"
    assert club.took(issue, "mbr_moscow") == "2026-11-24T13:30"
    moved = club.sending(issue).runs["Europe/Moscow"]
    assert (moved.slot, moved.late_from) == ("2026-11-24T16:30", ("2026-11-24T12:30",))


def test_an_hour_late_is_not_too_late(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    club.at("2026-11-24T09:00")
    club.alive = False
    club.at("2026-11-24T10:30")
    club.alive = True
    club.at("2026-11-24T10:31")
    assert club.took(issue, "mbr_1") == "2026-11-24T10:30"


def test_letters_that_the_rate_leaves_over_wait_for_the_next_slot(club: Post) -> None:
    for number in range(120):
        reader(club, f"mbr_{number}")
    issue = approved(club)
    club.rate = 0.02  # 72 letters an hour of each worker, and here there is one
    club.at("2026-11-26T00:00")
    slots = ("09:30", "13:30")
    assert all(any(slot <= f"{at:%H:%M}" <= plus_an_hour(slot) for slot in slots) for at in club.answered.values())
    assert len(club.answered) == 120
    assert set(club.copies().values()) == {1}
    assert club.sending(issue).runs["Europe/Moscow"].late_from


def plus_an_hour(slot: str) -> str:
    return f"{int(slot[:2]) + 1}{slot[2:]}"


def test_a_message_that_comes_again_after_its_run_was_moved_sends_nothing_before_the_new_slot(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(club, "mbr_1")
    issue = approved(club, "2026-11-24T16:30")
    club.at("2026-11-24T13:20")
    with monkeypatch.context() as patch:
        patch.setattr(Post, "deliver_campaign", broken)
        while club.context.now.isoformat()[:16] < "2026-11-24T14:50":
            with suppress(ConnectionError):
                club.at("2026-11-24T14:50")
    assert club.sending(issue).runs["Europe/Moscow"].late_from == ("2026-11-24T16:30",)
    club.at("2026-11-27T00:00")
    assert club.took(issue, "mbr_1") == "2026-11-26T09:30"


def broken(*_: Any) -> None:
    raise ConnectionError


def test_nobody_is_lost_where_the_making_of_runs_breaks_off_and_a_slot_comes_meanwhile(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, zone in enumerate((OMSK, None, BERLIN)):
        reader(club, f"mbr_{number}", zone)
    issue = approved(club)
    made = store.create_run

    def first_only(table: Table, run: Run) -> None:
        if run.zone != OMSK:
            raise ConnectionError
        made(table, run)

    with monkeypatch.context() as patch:
        patch.setattr(store, "create_run", first_only)
        while club.context.now.isoformat()[:16] < "2026-11-24T07:00":
            with suppress(ConnectionError):
                club.at("2026-11-24T07:00")
    assert (list(club.sending(issue).runs), club.sending(issue).issue.state) == ([OMSK], IssueState.QUEUED)
    service.plan_runs(club.context, issue.issue_id, club.sending(issue).issue.audience_id)
    club.at("2026-11-26T00:00")
    assert [club.took(issue, f"mbr_{number}") for number in range(3)] == [
        "2026-11-24T07:15",
        "2026-11-24T09:30",
        "2026-11-24T11:30",
    ]


def test_letters_of_an_issue_approved_at_the_last_moment_wait_for_the_end_of_its_rehearsal(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(club, "mbr_1")
    club.at("2026-11-24T09:00")
    issue = approved(club)
    with monkeypatch.context() as patch:
        patch.setattr(service, "ask_for_rehearsal", lambda issue_id, shard: None)  # its messages are lost
        club.at("2026-11-24T09:50")
    assert club.sending(issue).issue.state is IssueState.QUEUED
    club.at("2026-11-24T10:30")
    assert (club.took(issue, "mbr_1"), club.sending(issue).composed) == ("2026-11-24T10:15", 1)


def test_a_letter_that_waits_to_be_tried_again_is_skipped_when_its_issue_is_cancelled_and_gives_the_budget_back(
    club: Post,
) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    club.at("2026-11-24T09:20")
    club.ses.fates = ["throttled"] * 1000
    club.at("2026-11-24T09:50")
    club.ses.fates.clear()
    pending = club.letter(issue, "mbr_1")
    assert pending and pending.state is LetterState.PENDING
    plan.cancel(club.context, issue.issue_id, by="mbr_head")
    club.at("2026-11-24T12:00")
    left = club.letter(issue, "mbr_1")
    assert left and (left.state, left.reason) == (LetterState.SKIPPED, "cancelled")
    assert contacts.may_contact(club.context, "mbr_1", "email", "advertising", date(2026, 11, 26)).allowed
    assert club.sending(issue).runs["Europe/Moscow"].done_at
    assert (club.sending(issue).issue.state, club.ses.accepted) == (IssueState.CANCELLED, [])


def test_a_mailbox_that_left_long_ago_and_agreed_again_is_skipped_for_its_budget(club: Post) -> None:
    for each in "ab":
        reader(club, f"mbr_{each}", email=f"office+{each}@luch.example")
    address = contacts_keys.address(address_id("a secret", "email", "office@luch.example"))
    club.context.table.put({**address.as_item(), "unsubscribed_at": "2026-01-01T00:00:00.000Z"})
    issue = approved(club)
    club.at("2026-11-25T00:00")
    found = [letter for each in "ab" if (letter := club.letter(issue, f"mbr_{each}"))]
    skipped = next(each for each in found if each.state is LetterState.SKIPPED)
    assert (len(found), skipped.reason, skipped.next_day) == (2, "address_budget", "2026-12-08")


# --- the budget -------------------------------------------------------------------------------------------------------


def test_of_two_issues_in_one_slot_the_one_planned_first_goes_and_the_other_is_skipped_with_its_next_day(
    club: Post,
) -> None:
    for number in range(12):
        reader(club, f"mbr_{number}")
    first = approved(club)
    club.pass_time(1)
    second = approved(club, issue_class="content")
    club.at("2026-11-25T00:00")
    assert club.sending(first).states == {"sent": 12}
    assert club.sending(second).skipped == {"contact_budget": 12}
    skipped = club.letter(second, "mbr_1")
    assert skipped
    assert (skipped.state, skipped.reason, skipped.next_day) == (LetterState.SKIPPED, "contact_budget", "2026-12-01")
    assert club.sending(second).issue.state is IssueState.SENT


class Backwards(Post):
    """Workers take the newest message first."""

    def send_message(self, **message: Any) -> None:
        super().send_message(**message)
        self.waiting.insert(0, self.waiting.pop())


def test_whichever_worker_is_first_the_same_person_of_a_mailbox_gets_the_issue_that_was_planned_first(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (Post, Backwards):
        club = surrounded(kind(in_memory(context)), monkeypatch)
        for each in "dcba":
            zone = "Europe/Minsk" if each in "ac" else None  # its slot is that of Moscow
            reader(club, f"mbr_{each}", zone, email=f"office+{each}@luch.example")
        first = approved(club, people=["mbr_b", "mbr_c", "mbr_d"])
        club.pass_time(1)
        second = approved(club, issue_class="content")
        club.at("2026-11-25T00:00")
        states = {each: letter.state for each in "bcd" if (letter := club.letter(first, f"mbr_{each}"))}
        assert states == {"b": LetterState.SKIPPED, "c": LetterState.SENT, "d": LetterState.SKIPPED}, kind
        assert club.sending(second).skipped.total() == 4


def test_who_leaves_before_the_slot_gets_no_letter(club: Post) -> None:
    reader(club, "mbr_1")
    reader(club, "mbr_2")
    issue = approved(club)
    club.at("2026-11-24T09:00")
    unsubscribe(club, "mbr_1")
    club.at("2026-11-25T00:00")
    assert club.sending(issue).states == {"sent": 1}
    left = club.letter(issue, "mbr_1")
    assert left and left.reason == "no_consent"


def test_who_is_erased_before_the_slot_is_skipped(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    club.at("2026-11-24T09:00")
    tx = Transaction()
    tx.delete(members_keys.member("mbr_1"))
    club.context.table.commit(tx)
    club.at("2026-11-25T00:00")
    assert club.sending(issue).skipped == {"recipient_gone": 1}


def test_an_issue_has_a_hold_out_of_its_own_beside_the_clubs(club: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for member_id in ("mbr_club", "mbr_issue", "mbr_1"):
        reader(club, member_id)
    held = {("2026", 7): "mbr_club"}
    monkeypatch.setattr(
        segment_rules, "is_held_out", lambda salt, unit, percent: held.get((salt, int(percent)), "mbr_issue") == unit
    )
    issue = approved(club, holdout_percent=20)
    club.at("2026-11-25T00:00")
    found, _ = recipients.page(club.context, issue.issue_id, 10, None)
    assert {each.member_id: each.left_out for each in found} == {
        "mbr_club": "hold_out",
        "mbr_issue": "hold_out",
        "mbr_1": None,
    }
    assert len(club.ses.accepted) == 1


def test_a_service_issue_reaches_who_never_agreed_and_spends_no_budget(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_rules, "is_held_out", lambda salt, unit, percent: unit == "mbr_held")
    reader(club, "mbr_silent", consents={})
    reader(club, "mbr_held")
    reader(club, "mbr_1")
    before = approved(club, "2026-11-24T12:30")
    service_issue = approved(club, "2026-11-24T16:30", "service")
    club.at("2026-11-25T00:00")
    assert [club.sending(each).states for each in (before, service_issue)] == [{"sent": 1}, {"sent": 3}]
    letters = {mail["Destination"]["ToAddresses"][0]: mail["Content"]["Simple"] for mail in club.ses.accepted[1:]}
    assert len(letters) == 3
    for content in letters.values():
        assert "List-Unsubscribe" not in {each["Name"] for each in content["Headers"]}
        assert "because you are a member" in content["Body"]["Text"]["Data"]
        assert "nsubscribe" not in content["Body"]["Text"]["Data"]


def test_a_letter_spends_the_day_of_its_slot_even_after_midnight(club: Post) -> None:
    club.context = with_figures(club.context, Slots, hours=[time(23, 30)])
    reader(club, "mbr_1")
    first = approved(club, "2026-11-24T23:30", "content")
    second = approved(club, "2026-12-01T23:30", "content")
    club.at("2026-11-24T20:20")  # 23:20 in Moscow
    club.alive = False
    club.at("2026-11-24T21:15")
    club.alive = True
    club.at("2026-12-02T21:15")
    assert club.took(first, "mbr_1") > "2026-11-24T21:00", "the day after its slot"
    assert [club.sending(each).states for each in (first, second)] == [{"sent": 1}, {"sent": 1}]


# --- pause, resume, cancel --------------------------------------------------------------------------------------------


def test_an_issue_that_bounces_pauses_itself_and_goes_on_when_resumed_with_a_reason(club: Post) -> None:
    for number in range(30):
        reader(club, f"mbr_m{number:02d}", OMSK)
        reader(club, f"mbr_b{number:02d}", BERLIN)
    club.context = with_figures(club.context, Pacing, pause_letters=20)
    issue = approved(club)
    club.at("2026-11-24T08:00")
    club.complain("mbr_m03", "Bounce")
    club.complain("mbr_m04", "Bounce")
    club.at("2026-11-24T12:00")
    paused = club.sending(issue)
    assert paused.issue.pause and (paused.issue.pause.reason, paused.issue.pause.by) == ("bounces", "")
    assert (paused.bounced, len(club.ses.accepted)) == (2, 30)
    told = [item for item in club.context.table.client.items.values() if item.get("event") == PAUSED_ITSELF]  # type: ignore[attr-defined]
    assert [(each["issue_id"], each["reason"]) for each in told] == [(issue.issue_id, "bounces")]
    service.resume(club.context, issue.issue_id, REASON, by="mbr_head")
    club.at("2026-11-24T18:00")
    assert len(club.ses.accepted) == 60
    resumed = club.sending(issue).issue
    assert resumed.state is IssueState.SENT
    assert resumed.resumed and (resumed.resumed.by, resumed.resumed.bounced) == ("mbr_head", 2)


@pytest.mark.parametrize(("ended_at", "sent"), [("2026-11-23T12:00", 0), ("2026-11-24T08:00", 1)])
def test_an_issue_whose_promotion_ends_pauses_itself(club: Post, ended_at: str, sent: int) -> None:
    form = PromotionForm.model_validate(
        {
            "name": "Clearance",
            "name_ru": "Распродажа",
            "goods": {"statuses": ["overstock"]},
            "brackets": [{"percent": "10"}],
            "from": "2026-11-01",
            "to": "2027-03-31",
        }
    )
    running = StoredPromotion("prm_1", form, "approved", club.context.at, club.context.at, None, 1)
    for each in (running, running._replace(state="ended", ended_on=date(2026, 11, 23), version=2)):
        tx = Transaction()
        put_promotion(tx, each, author="mbr_head", at=club.context.at)
        if each is running:
            club.context.table.commit(tx)
            reader(club, "mbr_omsk", OMSK)
            reader(club, "mbr_berlin", BERLIN)
            issue = approved(club, promotion_id="prm_1")
            club.at(ended_at)
        else:
            club.context.table.commit(tx)
    club.at("2026-11-25T00:00")
    paused = club.sending(issue)
    assert paused.issue.pause and (paused.issue.pause.reason, paused.issue.pause.by) == ("promotion", "")
    assert len(club.ses.accepted) == sent
    service.resume(club.context, issue.issue_id, REASON, by="mbr_head")
    club.at("2026-11-27T00:00")
    assert len(club.ses.accepted) == sent, "it must not leave whoever resumes it"


def test_a_report_that_comes_twice_counts_once(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    club.at("2026-11-25T00:00")
    for _ in range(3):
        club.complain("mbr_1")
        club.complain("mbr_1", "Bounce")
    assert (club.sending(issue).bounced, club.sending(issue).complained) == (1, 1)


def test_a_paused_issue_waits_and_one_that_is_cancelled_in_the_middle_ends(club: Post) -> None:
    reader(club, "mbr_omsk", OMSK)
    reader(club, "mbr_berlin", BERLIN)
    issue = approved(club)
    club.at("2026-11-24T08:00")
    service.pause(club.context, issue.issue_id, REASON, by="mbr_author")
    club.at("2026-11-24T14:00")
    assert len(club.ses.accepted) == 1
    plan.cancel(club.context, issue.issue_id, by="mbr_author")
    club.at("2026-12-01T00:00")
    assert len(club.ses.accepted) == 1
    assert club.sending(issue).issue.state is IssueState.CANCELLED
    assert all(run.done_at for run in club.sending(issue).runs.values())


def test_only_what_is_on_its_way_is_paused_and_what_is_sent_is_not_cancelled(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    with pytest.raises(Problem) as early:
        service.pause(club.context, issue.issue_id, REASON, by="mbr_author")
    club.at("2026-11-25T00:00")
    with pytest.raises(Problem) as late:
        plan.cancel(club.context, issue.issue_id, by="mbr_author")
    assert (early.value.code, late.value.code) == ("wrong_state", "wrong_state")


# --- the mail service -------------------------------------------------------------------------------------------------


def test_a_throttled_letter_is_tried_again(club: Post) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    club.ses.fates = ["throttled"] * 5
    club.at("2026-11-24T09:40")
    assert (club.ses.calls, list(club.copies().values())) == (6, [1])
    assert club.sending(issue).states == {"sent": 1}


@pytest.mark.parametrize("fate", ["accepted, reply lost", "not accepted, no reply", "not accepted, 503"])
def test_a_letter_without_an_answer_is_never_tried_again_and_reports_settle_it(club: Post, fate: str) -> None:
    reader(club, "mbr_1")
    issue = approved(club)
    club.ses.fates = [fate]  # type: ignore[list-item]
    club.at("2026-11-25T00:00")
    found = club.letter(issue, "mbr_1")
    assert found
    assert club.ses.calls == 1
    expected = LetterState.SENT if fate.startswith("accepted") else LetterState.UNKNOWN
    assert (found.state, found.reason) == (expected, "" if fate.startswith("accepted") else "no_answer")
    assert club.sending(issue).issue.state is IssueState.SENT


def test_letters_that_waited_for_a_slot_are_woken_and_go_before_its_issues(club: Post) -> None:
    reader(club, "mbr_1")
    approved(club)
    club.at("2026-11-24T09:29")
    club.waiting.clear()
    club.pass_time(60)
    mail_store.create(club.context.table, letter(club.context, letter_id="ltr_reminder", due_at=club.context.at))
    club.tick()
    found = {each.queue: (each.due - club.context.now).total_seconds() for each in club.waiting}
    assert found == {"letters": 0, "campaigns": 30}
