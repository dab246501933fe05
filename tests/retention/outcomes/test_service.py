"""Outcomes: one request, and the case, the list, the offer and the budget agree."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib import contacts
from chalicelib.companies import change_manager
from chalicelib.companies.company import read_company
from chalicelib.contacts import keys as contacts_keys
from chalicelib.demand import service as demand
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing.offers import service as offers
from chalicelib.retention.cases import service as cases
from chalicelib.retention.cases.consumers import on_company_changed
from chalicelib.retention.cases.model import CallKind, CaseCause, CaseState, NewContact, SilenceReason
from chalicelib.retention.lists import keys as lists_keys
from chalicelib.retention.lists import service as lists
from chalicelib.retention.lists import store as lists_store
from chalicelib.retention.lists.model import ListedCall
from chalicelib.retention.lists.schemas import NewContactView
from chalicelib.retention.outcomes import service
from chalicelib.retention.outcomes.schemas import OutcomeForm, OutcomeView
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import service as waves
from chalicelib.retention.waves import store as waves_store
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.retention.cases.steps import IVAN, OLGA, becomes, case_of, known
from tests.retention.waves.steps import planned
from tests.support import partners
from tests.support.crashes import crashes
from tests.support.table import everything, restore
from tests.tiers.steps import buy, days_later, in_memory

OFFER = {"percent": "5", "floor": "1.00", "to": "2026-12-31"}


@pytest.fixture
def context(memory: Context) -> Context:
    for manager_id in (IVAN, OLGA):
        partners.staff(memory, manager_id, "manager")
    return memory


def on_the_list(context: Context, company_id: str = "cmp_1", state: RhythmState = RhythmState.DORMANT) -> str:
    """The case of a company on Ivan's list of today."""
    known(context, company_id, state)
    lists.make(context, IVAN)
    return case_of(context, company_id).case_id


def outcome(
    context: Context, case_id: str, result: str = "reached", *, by: str = IVAN, leads: bool = False, **said: Any
) -> OutcomeView:
    form = OutcomeForm.model_validate({"result": result, **said})
    return service.record_outcome(context, case_id, form, by=by, leads=leads)


def state_on_list(context: Context, case_id: str) -> str:
    found = lists_store.load(context, IVAN, context.today)
    assert found
    return next(call.state for call in found.calls if call.case_id == case_id)


def test_a_talk_sets_the_next_day_and_spends_the_persons_budget(context: Context) -> None:
    case_id = on_the_list(context)
    agreed = (context.today + timedelta(days=40)).isoformat()
    said = outcome(context, case_id, person_id="mbr_of_cmp_1", next_day=agreed, note="Wants spring prices")
    assert said.next_day and said.next_day.isoformat() == agreed
    found = case_of(context, "cmp_1")
    assert (found.state, found.because, found.last_contact) == (CaseState.WAITING, CaseCause.AGREED, context.today)
    assert state_on_list(context, case_id) == "done"
    assert not contacts.may_contact(context, "mbr_of_cmp_1", "telephone", "content", context.today).allowed
    with pytest.raises(Problem, match="wrong_state"):
        outcome(context, case_id)


def test_nobody_reached_is_tried_again_and_then_gets_a_letter(context: Context) -> None:
    case_id = on_the_list(context)
    assert outcome(context, case_id, "not_reached").next_day is None
    assert state_on_list(context, case_id) == "later"
    second = outcome(context, case_id, "not_reached")
    assert second.next_day == context.today + timedelta(days=3) and state_on_list(context, case_id) == "done"
    now = context
    for wanted in (3, 30):
        now = days_later(now, (case_of(now, "cmp_1").due - now.today).days)
        cases.follow(now, "cmp_1")
        lists.make(now, IVAN)
        last = outcome(now, case_id, "not_reached")
        assert last.next_day == now.today + timedelta(days=wanted)
    assert told(now, case_id) == ["case.unreached"]
    assert contacts_keys.person("mbr_of_cmp_1") not in everything(now)  # nobody spoke to anybody


def test_who_it_is_now_is_shown_with_the_next_call_until_a_member_is_reached(context: Context) -> None:
    case_id = on_the_list(context)
    now_it_is = {"name": "Boris Novikov", "phone": "8 495 123-45-67"}
    outcome(context, case_id, reason="person_left", contact=now_it_is)
    found = case_of(context, "cmp_1")
    assert found.contact == NewContact("Boris Novikov", "+74951234567") and found.because is CaseCause.PERSON
    later = days_later(context, 3)
    later.memo.clear()
    cases.follow(later, "cmp_1")
    lists.make(later, IVAN)
    [call] = lists.today(later, IVAN, "en").calls
    assert call.kind is CallKind.FIND_CONTACT and call.script.startswith("Boris Novikov, this is")
    assert call.contact and (call.contact.name, call.contact.phone) == ("Boris Novikov", "+74951234567")
    outcome(later, case_id, "not_reached")
    assert case_of(later, "cmp_1").contact
    outcome(later, case_id, person_id="mbr_of_cmp_1")
    assert case_of(later, "cmp_1").contact is None


def test_who_buys_now_is_asked_on_the_next_working_day_though_the_only_person_was_called_today(
    context: Context,
) -> None:
    case_id = on_the_list(context)
    said = outcome(context, case_id, reason="person_left", answer="find_contact")
    later = days_later(context, 3)
    assert said.next_day == later.today
    later.memo.clear()
    cases.follow(later, "cmp_1")
    [call] = lists.make(later, IVAN).calls
    assert call.kind is CallKind.FIND_CONTACT and call.people == ("mbr_of_cmp_1",)


def test_a_person_who_was_named_is_called_whatever_the_budget_of_the_members(context: Context) -> None:
    case_id = on_the_list(context)
    outcome(context, case_id, person_id="mbr_of_cmp_1", next_day="2026-11-25")
    later = days_later(context, (case_of(context, "cmp_1").due - context.today).days)
    later.memo.clear()
    cases.follow(later, "cmp_1")
    lists.make(later, IVAN)
    outcome(later, case_id, reason="person_left", contact={"name": "Boris Novikov", "phone": "8 495 123-45-67"})
    after = days_later(later, 1)
    after.memo.clear()
    cases.follow(after, "cmp_1")
    lists.make(after, IVAN)
    [call] = lists.today(after, IVAN, "en").calls
    assert call.script.startswith("Boris Novikov, this is")


@pytest.mark.parametrize("result", ["not_reached", "reached"])
def test_a_correction_gives_the_budget_back_of_whom_nobody_spoke_to(context: Context, result: str) -> None:
    case_id = on_the_list(context)
    partners.member(context, "mbr_second", phone="+74950000077")
    partners.speaks_for(context, "cmp_1", "mbr_second", "owner")
    wrong = outcome(context, case_id, note="Another company")
    right = {"person_id": "mbr_second"} if result == "reached" else {}
    outcome(context, case_id, result, corrects=wrong.entry_id, **right)

    def may_call(member_id: str) -> bool:
        return contacts.may_contact(context, member_id, "telephone", "content", context.today).allowed

    assert may_call("mbr_of_cmp_1")
    assert may_call("mbr_second") is (result == "not_reached")


def test_no_letter_is_promised_to_a_company_of_which_nobody_gets_one(context: Context) -> None:
    known(context, "cmp_1", person=False)
    lists.make(context, IVAN)
    with pytest.raises(Problem) as refused:
        outcome(context, case_of(context, "cmp_1").case_id, reason="no_reason", answer="benefits_letter")
    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/answer", "nobody_to_write_to")]


def test_a_fault_of_the_wished_goods_points_to_them(context: Context) -> None:
    case_id = on_the_list(context)
    with pytest.raises(Problem) as refused:
        outcome(context, case_id, reason="out_of_stock", answer="sourcing_request", wish={"sku": "NONE-1"})
    assert [each.pointer for each in refused.value.errors] == ["/wish/sku"]


def test_the_person_who_was_named_is_called_by_plan_once_somebody_spoke_to_them(context: Context) -> None:
    case_id = on_the_list(context)
    outcome(context, case_id, reason="person_left", contact={"name": "Boris Novikov"})
    later = days_later(context, 3)
    later.memo.clear()
    cases.follow(later, "cmp_1")
    lists.make(later, IVAN)
    said = outcome(later, case_id, reason="price")
    found = case_of(later, "cmp_1")
    assert said.next_day == later.today + timedelta(days=30) and found.because is CaseCause.PLAN
    assert found.contact == NewContact("Boris Novikov")
    assert service.show_case(context, "cmp_1").contact == NewContactView(name="Boris Novikov", phone=None, email=None)


@pytest.mark.parametrize("result", ["not_reached", "skipped", "reached"])
def test_a_number_that_was_found_is_kept_with_the_case_whatever_came_of_the_call(context: Context, result: str) -> None:
    known(context, "cmp_1", person=False)
    lists.make(context, IVAN)
    found = {"name": "Secretary", "phone": "8 495 123-45-67"}
    outcome(context, case_of(context, "cmp_1").case_id, result, contact=found, note="From the website")
    [call] = lists.today(context, IVAN, "en").calls
    assert call.contact and call.contact.phone == "+74951234567"
    assert (case_of(context, "cmp_1").because, call.state) != (CaseCause.PERSON, "open")


def test_a_correction_begins_where_the_mistake_began(context: Context) -> None:
    case_id = on_the_list(context)
    before = case_of(context, "cmp_1")
    said = {"reason": "out_of_stock", "answer": "sourcing_request", "wish": {"text": "Lamps"}}
    first = outcome(context, case_id, **said, person_id="mbr_of_cmp_1", next_day="2026-12-01")
    agreed = case_of(context, "cmp_1")
    later = days_later(context, (agreed.due - context.today).days)
    later.memo.clear()
    cases.follow(later, "cmp_1")
    lists.make(later, IVAN)
    wrong = outcome(later, case_id, reason="person_left", contact={"name": "Boris Novikov"})
    outcome(later, case_id, "skipped", corrects=wrong.entry_id, note="Another company")
    found = case_of(later, "cmp_1")
    assert (found.because, found.demand_id, found.contact) == (CaseCause.AGREED, first.demand_id, before.contact)
    assert (found.reason, found.last_contact) == (agreed.reason, agreed.last_contact)
    right = outcome(later, case_id, reason="price", corrects=found.last_entry)
    assert right.next_day == later.today + timedelta(days=30)


def test_a_survey_is_asked_once_a_year_and_again_where_its_talk_was_a_mistake(context: Context) -> None:
    known(context, "cmp_1", RhythmState.ACTIVE)
    year = days_later(context, 430)
    year.memo.clear()
    cases.follow(year, "cmp_1")
    [call] = lists.make(year, IVAN).calls
    assert call.kind is CallKind.SURVEY
    said = outcome(year, call.case_id, note="NPS 9")
    assert case_of(year, "cmp_1").surveyed == year.today
    outcome(year, call.case_id, "skipped", corrects=said.entry_id, note="Another company")
    assert case_of(year, "cmp_1").surveyed is None


def test_a_meeting_is_on_the_list_of_its_day(context: Context) -> None:
    case_id = on_the_list(context)
    with pytest.raises(ValueError, match="its day"):
        outcome(context, case_id, meeting=True)
    outcome(context, case_id, person_id="mbr_of_cmp_1", meeting=True, next_day="2026-11-24")
    later = days_later(context, 4)
    later.memo.clear()
    cases.follow(later, "cmp_1")
    [call] = lists.today(later, IVAN, "en").calls
    assert call.kind is CallKind.MEETING and "We agreed to meet today" in call.script


def test_a_talk_that_names_nobody_spends_the_budget_of_the_first_person_on_the_list(context: Context) -> None:
    case_id = on_the_list(context)
    outcome(context, case_id, next_day=(context.today + timedelta(days=1)).isoformat())
    assert not contacts.may_contact(context, "mbr_of_cmp_1", "telephone", "content", context.today).allowed


def test_a_talk_with_somebody_who_is_no_member_spends_nobodys_budget(context: Context) -> None:
    outcome(context, on_the_list(context), reason="price", contact={"name": "Boris Novikov"})
    assert contacts.may_contact(context, "mbr_of_cmp_1", "telephone", "content", context.today).allowed


def told(context: Context, case_id: str) -> list[str]:
    """The events that a letter follows."""
    return [each["event"] for each in context.table.query_all(f"CASE#{case_id}") if "event" in each]


def test_a_skip_needs_a_note_and_stays(context: Context) -> None:
    case_id = on_the_list(context)
    with pytest.raises(ValueError, match="note"):
        outcome(context, case_id, "skipped")
    outcome(context, case_id, "skipped", note="The line is down")
    assert state_on_list(context, case_id) == "skipped" and case_of(context, "cmp_1").state is CaseState.READY
    outcome(context, case_id, "reached")
    assert state_on_list(context, case_id) == "done"


def test_who_closed_down_is_never_called_again(context: Context) -> None:
    case_id = on_the_list(context)
    outcome(context, case_id, reason="closed", answer="leave_alone")
    year = days_later(context, 365)
    becomes(year, "cmp_1", RhythmState.LOST)
    assert case_of(year, "cmp_1").state is CaseState.ENDED


def letters_to(context: Context, company_id: str) -> contacts.Verdict:
    return contacts.may_contact(context, f"mbr_of_{company_id}", "email", "content", context.today)


def test_who_closed_down_gets_no_advertising_until_another_entry_or_an_order_says_otherwise(context: Context) -> None:
    case_id = on_the_list(context)
    wrong = outcome(context, case_id, reason="closed", answer="leave_alone")
    assert letters_to(context, "cmp_1").reason == "closed_down"
    right = outcome(context, case_id, reason="price", corrects=wrong.entry_id)
    assert letters_to(context, "cmp_1").reason != "closed_down"
    outcome(context, case_id, reason="closed", answer="leave_alone", corrects=right.entry_id)
    assert letters_to(context, "cmp_1").reason == "closed_down"
    becomes(context, "cmp_1", RhythmState.WON_BACK)
    assert case_of(context, "cmp_1").state is CaseState.WAITING
    assert letters_to(context, "cmp_1").reason != "closed_down"


def test_the_manager_who_takes_a_company_over_may_correct_that_it_closed_down(context: Context) -> None:
    case_id = on_the_list(context)
    wrong = outcome(context, case_id, reason="closed", answer="leave_alone")
    with pytest.raises(Problem, match="not_found"):
        outcome(context, case_id, reason="price", corrects=wrong.entry_id, by=OLGA)
    company, tx = read_company(context, "cmp_1"), Transaction()
    assert company
    change_manager(context, tx, company, OLGA, by=OLGA)
    context.table.commit(tx)
    cases.follow(context, "cmp_1")
    with pytest.raises(Problem, match="not_found"):
        outcome(context, case_id, by=OLGA)  # the call is another's: only its entry can be corrected
    right = outcome(context, case_id, reason="price", corrects=wrong.entry_id, by=OLGA)
    assert (right.by, case_of(context, "cmp_1").state) == (OLGA, CaseState.WAITING)
    assert letters_to(context, "cmp_1").reason != "closed_down"


def test_a_head_of_sales_corrects_that_a_company_closed_down_and_says_why(context: Context) -> None:
    case_id = on_the_list(context)
    outcome(context, case_id, reason="price", next="in_one_month")
    said = case_of(context, "cmp_1").last_entry
    wrong = outcome(context, case_id, reason="closed", answer="leave_alone", corrects=said)
    later = days_later(context, 500)  # the list is not kept that long
    later.memo.clear()
    later.table.delete_many([lists_keys.call_list(IVAN, context.today.isoformat())])
    becomes(later, "cmp_1", RhythmState.LOST)
    with pytest.raises(Problem, match="not_found"):
        outcome(later, case_id, "skipped", corrects=wrong.entry_id, note="It moved", by=OLGA)
    with pytest.raises(Problem, match="invalid") as refused:
        outcome(later, case_id, "reached", corrects=wrong.entry_id, by=OLGA, leads=True)
    assert refused.value.errors[0].pointer == "/note"
    right = outcome(later, case_id, "skipped", corrects=wrong.entry_id, note="It moved", by=OLGA, leads=True)
    assert (right.by, right.note, right.corrects) == (OLGA, "It moved", wrong.entry_id)
    found = case_of(later, "cmp_1")
    assert (found.state, found.due, found.reason) == (CaseState.READY, later.today, None)
    assert found.manager_id == IVAN and letters_to(later, "cmp_1").reason != "closed_down"
    assert told(later, case_id) == ["case.reopened"]
    [call] = lists.make(later, IVAN).calls
    assert call.case_id == case_id
    with pytest.raises(Problem, match="not_found"):
        outcome(later, case_id, by=OLGA, leads=True)  # the call is the manager's: only its entry can be corrected


def test_who_is_open_again_enters_the_wave_before_anybody_calls(context: Context) -> None:
    wave = planned(context, held_out_percent=50)
    wrong = outcome(context, on_the_list(context), reason="closed", answer="leave_alone")
    begun = days_later(context, 3)
    becomes(begun, "cmp_1", RhythmState.LOST)
    outcome(begun, wrong.case_id, "skipped", corrects=wrong.entry_id, note="It moved", by=OLGA, leads=True)
    [event] = [each for each in begun.table.query_all(f"CASE#{wrong.case_id}") if "event" in each]
    on_company_changed(begun, Event(event["event"], "evt_1", event))
    assert [each.company_id for each in waves_store.members(begun, wave.wave_id)] == ["cmp_1"]


def test_a_correction_on_a_later_day_leaves_the_list_as_it_was(context: Context) -> None:
    case_id = on_the_list(context)
    wrong = outcome(context, case_id, reason="price")
    later = days_later(context, 1)
    outcome(later, case_id, "not_reached", corrects=wrong.entry_id)
    assert state_on_list(context, case_id) == "done"


def test_who_closed_down_enters_no_wave(context: Context) -> None:
    wave = planned(context, held_out_percent=50)
    outcome(context, on_the_list(context), reason="closed", answer="leave_alone")
    begun = days_later(context, 3)
    begun.memo.clear()
    known(begun, "cmp_2")
    becomes(begun, "cmp_1", RhythmState.LOST)
    waves.assign(begun, ["cmp_1", "cmp_2"])
    assert {each.company_id for each in waves_store.members(begun, wave.wave_id)} == {"cmp_2"}


def test_free_delivery_is_an_offer_of_its_own(context: Context) -> None:
    case_id = on_the_list(context)
    said = {"reason": "bad_experience", "answer": "free_delivery"}
    with pytest.raises(ValueError, match="free delivery"):
        outcome(context, case_id, **said, offer=OFFER)
    with pytest.raises(ValueError, match="have their terms"):
        outcome(context, case_id, **said)
    found = outcome(context, case_id, **said, offer={"free_delivery": True, "to": "2026-12-31"})
    [offered] = offers.own(context, "cmp_1")
    assert (offered.offer_id, offered.free_delivery) == (found.offer_id, True)


def test_a_display_deal_names_a_promotion_that_runs(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = on_the_list(context)
    said = {"reason": "price", "answer": "display_deal"}
    with pytest.raises(ValueError, match="its promotion"):
        outcome(context, case_id, **said)
    with pytest.raises(Problem, match="invalid") as refused:
        outcome(context, case_id, **said, promotion_id="prm_none")
    assert refused.value.errors[0].pointer == "/promotion_id"
    monkeypatch.setattr("chalicelib.pricing.display_deal", lambda context, promotion_id: None)
    assert outcome(context, case_id, **said, promotion_id="prm_1").promotion_id == "prm_1"
    assert told(context, case_id) == ["case.display_promised"]


def test_a_price_is_answered_by_an_offer_within_what_the_company_is_worth(context: Context) -> None:
    case_id = on_the_list(context)
    said = {"reason": "price", "answer": "offer"}
    with pytest.raises(Problem, match="invalid") as refused:
        outcome(context, case_id, **said, offer={**OFFER, "percent": "6"})
    assert refused.value.errors[0].pointer == "/offer/percent"
    buy(context, "cmp_1", -200, 400_000)
    found = outcome(context, case_id, **said, offer={**OFFER, "percent": "10"})
    [offered] = offers.own(context, "cmp_1")
    assert (offered.offer_id, offered.percent) == (found.offer_id, "10")


def test_a_wish_is_recorded_in_the_name_of_the_person(context: Context) -> None:
    case_id = on_the_list(context)
    said = {"reason": "out_of_stock", "answer": "sourcing_request", "wish": {"text": "Lamps with a sensor"}}
    with pytest.raises(Problem, match="invalid"):
        outcome(context, case_id, **said, person_id=OLGA)
    found = outcome(context, case_id, **said, person_id="mbr_of_cmp_1")
    assert found.demand_id and case_of(context, "cmp_1").demand_id == found.demand_id


def test_a_wish_of_a_company_without_members_is_recorded_in_the_name_of_its_manager(context: Context) -> None:
    case_id = on_the_list(context)
    said = {"reason": "out_of_stock", "answer": "sourcing_request", "wish": {"text": "Lamps with a sensor"}}
    found = outcome(context, case_id, **said, contact={"name": "Boris Novikov", "phone": "+74951234567"})
    assert found.demand_id and case_of(context, "cmp_1").demand_id == found.demand_id
    [(wish, _, asking)], _ = demand.waiting(context, "", 10, None)
    assert (wish.company_id, wish.member_id, asking and asking.member_id) == ("cmp_1", IVAN, IVAN)


def test_the_answer_fits_the_reason(context: Context) -> None:
    case_id = on_the_list(context)
    with pytest.raises(Problem, match="invalid") as refused:
        outcome(context, case_id, reason="closed", answer="benefits_letter")
    assert refused.value.errors[0].code == "answer_not_allowed"


def test_is_it_me_hands_the_company_over_with_its_case(context: Context) -> None:
    case_id = on_the_list(context)
    said = outcome(context, case_id, reason="bad_experience", manager_id=OLGA, next="in_one_month")
    company = read_company(context, "cmp_1")
    assert company and company.manager_id == OLGA == case_of(context, "cmp_1").manager_id == said.handed_to
    items = context.table.query_all("COMPANY#cmp_1")
    [event] = [each for each in items if each.get("event") == "company.manager_changed"]
    assert (event["from_manager"], event["to_manager"], event["by"]) == (IVAN, OLGA, IVAN)
    other = on_the_list(days_later(context, 3), "cmp_2")
    with pytest.raises(Problem, match="invalid"):
        outcome(days_later(context, 3), other, manager_id="mbr_of_cmp_1")


def test_a_mistake_is_corrected_by_another_entry(context: Context) -> None:
    case_id = on_the_list(context)
    wrong = outcome(context, case_id, reason="closed", answer="leave_alone")
    with pytest.raises(Problem, match="conflict"):
        outcome(context, case_id, "not_reached", corrects="ent_other")
    right = outcome(context, case_id, "not_reached", corrects=wrong.entry_id)
    found = case_of(context, "cmp_1")
    assert (found.state, found.tries, found.last_contact) == (CaseState.READY, 1, None)
    assert state_on_list(context, case_id) == "later"
    entries, _ = service.history(context, case_id, 10, None)
    assert {each.entry_id for each in entries} == {wrong.entry_id, right.entry_id}
    with pytest.raises(Problem, match="conflict"):
        outcome(context, case_id, corrects=wrong.entry_id)


def test_only_the_manager_of_the_list_records(context: Context) -> None:
    case_id = on_the_list(context)
    with pytest.raises(Problem, match="not_found"):
        outcome(context, case_id, by=OLGA)
    with pytest.raises(Problem, match="not_found"):
        outcome(context, "cas_none")


@pytest.mark.parametrize("days", [0, 367])
def test_the_next_day_lies_within_a_year(context: Context, days: int) -> None:
    case_id = on_the_list(context)
    with pytest.raises(Problem, match="invalid"):
        outcome(context, case_id, next_day=(context.today + timedelta(days=days)).isoformat())


def test_a_call_to_a_company_that_is_held_out_since_the_morning_is_counted_as_a_breach(context: Context) -> None:
    wave = planned(context, held_out_percent=50)
    begun = days_later(context, 3)
    for number in range(7):
        known(begun, f"cmp_{number}", RhythmState.AT_RISK)
    listed = lists.make(begun, IVAN).calls
    assert len(listed) == 7
    for call in listed:
        becomes(begun, call.company_id, RhythmState.DORMANT)
    for call in listed:
        outcome(begun, call.case_id)
    held = {each.company_id for each in waves_store.members(begun, wave.wave_id) if each.arm == "held"}
    assert held and {each["company_id"] for each in waves_store.breaches(begun, wave.wave_id)} == held
    assert (
        len({case_of(begun, call.company_id).due for call in listed}) == 1
    )  # those of the held out are like the others


def test_an_outcome_that_dies_anywhere_is_there_once_after_a_repeat(context: Context) -> None:
    case_id = on_the_list(context)
    before = everything(context)
    said = {
        "reason": "out_of_stock",
        "answer": "sourcing_request",
        "wish": {"text": "Lamps"},
        "person_id": "mbr_of_cmp_1",
        "manager_id": OLGA,
    }
    for crash in crashes():
        restore(context, before)
        with crash:
            outcome(context, case_id, **said)
        if case_of(context, "cmp_1").last_entry is None:
            outcome(context, case_id, **said)
        assert len(service.history(context, case_id, 10, None)[0]) == 1, crash
        assert (case_of(context, "cmp_1").state, state_on_list(context, case_id)) == (CaseState.WAITING, "done"), crash
        wishes = [key for key in everything(context) if key.pk.startswith("DEMAND#") and key.sk == "DEMAND"]
        assert len(wishes) == 1, crash
        if not crash.happened:
            break


class Calls(RuleBasedStateMachine):
    """A quarter and more of five companies of one manager, who does whatever may be done."""

    def __init__(self) -> None:
        super().__init__()
        numbers = count(1)
        start = in_memory(Context(table=None, now=NOON))  # type: ignore[arg-type]
        self.context = replace(start, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")
        for manager_id in (IVAN, OLGA):
            partners.staff(self.context, manager_id, "manager")
        self.several = [
            known(self.context, f"cmp_{number}", usual=1000 * number + 1, person=False) for number in range(5)
        ]

    def listed(self) -> tuple[ListedCall, ...]:
        found = lists_store.load(self.context, IVAN, self.context.today)
        return found.calls if found else ()

    @rule(days=st.sampled_from([1, 2, 3, 14, 31]))
    def days_pass(self, days: int) -> None:
        self.context = days_later(self.context, days)
        for company_id in self.several:
            cases.follow(self.context, company_id)

    @rule()
    def the_list_is_made(self) -> None:
        assert len(lists.make(self.context, IVAN).calls) <= 7

    @rule(
        number=st.integers(0, 4),
        state=st.sampled_from([RhythmState.ACTIVE, RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.WON_BACK]),
    )
    def a_company_changes_its_state(self, number: int, state: RhythmState) -> None:
        becomes(self.context, self.several[number], state)

    @precondition(lambda self: self.listed())
    @rule(
        number=st.integers(0, 6),
        result=st.sampled_from(["reached", "not_reached", "skipped"]),
        reason=st.sampled_from([None, "price", "closed", "person_left"]),
        days=st.sampled_from([None, 1, 40]),
        correct=st.booleans(),
    )
    def a_call_has_an_outcome(
        self, number: int, result: str, reason: str | None, days: int | None, correct: bool
    ) -> None:
        listed = self.listed()
        call = listed[number % len(listed)]
        found = case_of(self.context, call.company_id)
        said: dict[str, Any] = {"note": "Busy"}
        if result == "reached":
            said["reason"] = reason
            if days and reason != "closed":
                said["next_day"] = (self.context.today + timedelta(days=days)).isoformat()
        if correct and found.last_entry:
            said["corrects"] = found.last_entry
        elif call.state == "done":
            return
        outcome(self.context, call.case_id, result, **said)

    @invariant()
    def every_company_has_a_next_day_or_an_end_with_its_reason(self) -> None:
        for company_id in self.several:
            found = case_of(self.context, company_id)
            assert (found.state is CaseState.ENDED) <= (found.reason is SilenceReason.CLOSED)
            assert found.due <= self.context.today + timedelta(days=366)

    @invariant()
    def an_open_call_has_no_outcome_yet(self) -> None:
        for call in self.listed():
            found = case_of(self.context, call.company_id)
            assert found.listed_by == IVAN and found.listed_on == self.context.today
            assert (call.state == "open") <= (found.last_contact != self.context.today)


TestCalls = Calls.TestCase
TestCalls.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
