"""Waves: planned before they begin, filled once, and nobody's arm ever changes."""

from datetime import timedelta
from itertools import count

import pytest

from chalicelib import contacts
from chalicelib.companies import store as companies_store
from chalicelib.contacts import notes
from chalicelib.contacts.schemas import NoteForm
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing.terms import service as terms
from chalicelib.pricing.terms.schemas import TermsForm
from chalicelib.retention.states import service as states
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import consumers, jobs, service, store
from chalicelib.retention.waves.model import WaveState, assignment
from chalicelib.table.transactions import Transaction
from tests.companies.steps import happened, legal_inn
from tests.retention.cases.steps import known
from tests.retention.waves.steps import HEAD, branch, dormant, entered, heard, message, night, planned
from tests.support import partners
from tests.support.crashes import crashes
from tests.tiers.steps import buy, days_later


@pytest.fixture
def context(memory: Context) -> Context:
    return memory


def held_out(context: Context, company_ids: list[str]) -> set[str]:
    return set(contacts.held_out(context, company_ids))


# --- before the start -------------------------------------------------------------------------------------------------


def test_a_plan_counts_who_is_quiet_and_who_will_be(context: Context) -> None:
    for name in ("One", "Two"):
        dormant(context, name, silent=200)
    dormant(context, "Three", silent=95)
    told = planned(context, intake_days=28)
    assert told.state is WaveState.PLANNED
    assert (
        told.expected_companies == 4
    )  # three that are dormant, and one more, since one became so within the last 28 days
    assert 0 < told.base_percent < 60
    assert told.pool and told.smallest_effect is None  # of one company held out nobody learns anything


def test_a_wave_begins_tomorrow_at_the_earliest_and_after_the_intake_before_it(context: Context) -> None:
    with pytest.raises(Problem, match="invalid"):
        planned(context, first=0)
    planned(context, first=3, intake_days=28)
    with pytest.raises(Problem, match="conflict"):
        planned(context, first=30, intake_days=28)
    assert planned(context, first=31, intake_days=28).looks[0] == context.today + timedelta(days=31 + 90)


def test_pooling_doubles_the_intake_and_cancelling_makes_room(context: Context) -> None:
    first = planned(context, intake_days=28)
    pooled = service.pool(context, first.wave_id, "en", by=HEAD)
    assert (pooled.last - pooled.first).days == 55
    with pytest.raises(Problem, match="conflict"):
        planned(context, first=30)
    context.memo.clear()
    assert service.cancel(context, first.wave_id, "en", by=HEAD).state is WaveState.CANCELLED
    assert service.cancel(context, first.wave_id, "en", by=HEAD).state is WaveState.CANCELLED
    assert planned(context, first=2).state is WaveState.PLANNED


def test_a_wave_that_has_begun_is_what_it_was(context: Context) -> None:
    wave = planned(context)
    later = days_later(context, 1)
    for step in (service.pool, service.cancel):
        with pytest.raises(Problem, match="wrong_state"):
            step(later, wave.wave_id, "en", by=HEAD)
    with pytest.raises(Problem, match="not_found"):
        service.cancel(later, "wav_none", "en", by=HEAD)


# --- the intake -------------------------------------------------------------------------------------------------------


def test_the_quiet_enter_on_the_first_day_and_others_when_they_become_quiet(context: Context) -> None:
    early, late = dormant(context, "Early"), dormant(context, "Late", silent=80)
    wave = planned(context)
    assert night(context)["companies"] == 0
    begun = days_later(context, 1)
    assert night(begun)["companies"] == 1
    assert set(entered(begun, wave.wave_id)) == {early}
    later = days_later(context, 12)
    states.follow(later, late)
    heard(later, late)
    assert entered(later, wave.wave_id)[late].day == later.today
    assert entered(later, wave.wave_id)[early].day == begun.today
    over = days_later(context, 30)
    third = dormant(over, "Third")
    heard(over, third)
    assert night(over)["companies"] == 0 and third not in entered(over, wave.wave_id)


def test_an_arm_never_changes(context: Context) -> None:
    company_id = dormant(context, "Luch")
    wave = planned(context)
    begun = days_later(context, 1)
    night(begun)
    before = entered(begun, wave.wave_id)[company_id]
    drawn = store.recent(begun)[0]
    other = next(
        inn for inn in map(legal_inn, count(1)) if assignment(drawn, company_id, inn, begun.today).arm != before.arm
    )
    tx = Transaction()
    companies_store.take_inn(tx, company_id, other, "")  # the INN is learned, and would be drawn into the other arm
    begun.table.commit(tx)
    buy(begun, company_id, 0, 10_000)
    states.follow(begun, company_id)
    heard(begun, company_id)
    night(days_later(begun, 1))
    assert entered(begun, wave.wave_id)[company_id] == before


def test_who_an_earlier_wave_holds_out_enters_no_other(context: Context) -> None:
    company_id = dormant(context, "Luch")
    first = planned(context, intake_days=14)
    night(days_later(context, 1))
    later = days_later(context, 20)
    second = planned(later)
    night(days_later(later, 1))
    assert company_id in entered(later, first.wave_id) and company_id not in entered(later, second.wave_id)
    free = days_later(context, 1 + 180)
    third = planned(days_later(free, -1))
    night(free)
    assert entered(free, third.wave_id)[company_id].day == free.today


def test_held_out_companies_are_named_to_other_rooms_and_contacts_with_them_counted(context: Context) -> None:
    several = [dormant(context, f"Company {number}") for number in range(24)]
    wave = planned(context, held_out_percent=50)
    assert held_out(context, several) == set()
    begun = days_later(context, 1)
    night(begun)
    held = {each.company_id for each in entered(begun, wave.wave_id).values() if each.arm == "held"}
    assert 0 < len(held) < 24 and held_out(begun, several) == held
    one, other = min(held), min(set(several) - held)
    for company_id in (one, one, other):
        facts = {"company_id": company_id, "offer_id": f"off_{company_id}", "by": "mbr_manager"}
        consumers.on_offer_issued(begun, Event("offer.issued", "evt_1", facts))
    found = list(store.breaches(begun, wave.wave_id))
    assert [(each["company_id"], each["contact"], each["by"]) for each in found] == [(one, "offer", "mbr_manager")]
    assert held_out(days_later(begun, 180), several) == set()


def test_terms_a_tier_and_bonuses_that_the_staff_gave_a_held_out_company_are_breaches(context: Context) -> None:
    several = [dormant(context, f"Company {number}") for number in range(12)]
    wave = planned(context, held_out_percent=50)
    begun = days_later(context, 1)
    night(begun)
    held = held_out(begun, several)
    assert 0 < len(held) < 12
    for company_id in several:
        terms.replace_terms(begun, company_id, TermsForm(contracts=[]), author="mbr_manager", version=0)
        [changed] = happened(begun, company_id, "terms.changed")
        granted = {"company_id": company_id, "grant_id": f"gra_{company_id}", "by": "mbr_head"}
        added = {"company_id": company_id, "adjustment_id": f"adj_{company_id}", "amount": 500, "by": "mbr_head"}
        taken = {**added, "adjustment_id": f"adj_{company_id}_back", "amount": -500}
        for _ in range(2):
            for adjusted in (added, taken):
                consumers.on_bonuses_adjusted(begun, Event("bonus.adjusted", "evt_3", adjusted))
            consumers.on_terms_changed(begun, Event("terms.changed", f"evt_{company_id}", changed))
            consumers.on_tier_granted(begun, Event("tier.granted", "evt_2", granted))
    found = [(each["company_id"], each["contact"], each["by"]) for each in store.breaches(begun, wave.wave_id)]
    assert sorted(found) == sorted(
        (each, *what)
        for each in held
        for what in (("bonuses", "mbr_head"), ("terms", "mbr_manager"), ("tier", "mbr_head"))
    )


def test_a_contact_that_the_staff_noted_with_a_held_out_company_is_a_breach(context: Context) -> None:
    wave = planned(context, held_out_percent=50)
    begun = days_later(context, 1)
    several = [known(begun, f"cmp_{number}") for number in range(8)]
    held = held_out(begun, several)
    assert 0 < len(held) < 8
    for company_id in several:
        for contact_class in ("content", "service"):
            form = NoteForm.model_validate({"channel": "telephone", "contact_class": contact_class})
            item = notes.note(begun, f"mbr_of_{company_id}", form, by="mbr_ivan")
            consumers.on_contact_noted(begun, Event(item["event"], "evt_1", item))
    found = list(store.breaches(begun, wave.wave_id))
    assert {(each["company_id"], each["contact"]) for each in found} == {(each, "telephone") for each in held}
    assert len(found) == len(held)


def test_an_intake_that_dies_anywhere_assigns_everybody_once(context: Context) -> None:
    several = [dormant(context, f"Company {number}") for number in range(3)]
    planned(context)
    begun = days_later(context, 1)
    wave = store.recent(begun)[0]
    wanted = {each: assignment(wave, each, None, begun.today) for each in several}
    for crash in crashes():
        with crash:
            begun.memo.clear()
            jobs.assign_companies(begun, message(*several))
        jobs.assign_companies(begun, message(*several))
        assert entered(begun, wave.wave_id) == wanted, crash
        for company_id in several:
            begun.table.client.delete_item(
                TableName="club", Key={"pk": {"S": f"COMPANY#{company_id}"}, "sk": {"S": f"WAVE#{wave.wave_id}"}}
            )
        if not crash.happened:
            break


def test_a_branch_that_turns_dormant_after_the_intake_is_held_out_with_its_inn(context: Context) -> None:
    wave = planned(context, held_out_percent=50, intake_days=14)
    context.memo.clear()
    drawn = store.recent(context)[0]
    inns = {
        arm: next(inn for inn in map(legal_inn, count(1)) if assignment(drawn, "cmp", inn, context.today).arm == arm)
        for arm in ("held", "called")
    }
    begun = days_later(context, 1)
    for arm, inn in inns.items():
        branch(begun, f"cmp_{arm}", inn, "770101001")
        branch(begun, f"cmp_{arm}_branch", inn, "770102001")
    service.assign(begun, ["cmp_held", "cmp_called"])
    over = days_later(context, 30)
    over.memo.clear()
    branches = ["cmp_held_branch", "cmp_called_branch"]
    for _ in range(2):
        service.assign(over, branches)
    found = contacts.held_out(over, branches)
    assert {each: made.until for each, made in found.items()} == {
        "cmp_held_branch": entered(over, wave.wave_id)["cmp_held"].until
    }
    assert set(entered(over, wave.wave_id)) == {"cmp_held", "cmp_called"}  # it is not compared
    later = planned(over)  # nor does the next wave draw it
    opened = days_later(over, 1)
    opened.memo.clear()
    service.assign(opened, branches)
    assert set(entered(opened, later.wave_id)) == {"cmp_called_branch"}


@pytest.mark.parametrize("arm", ["held", "called"])
def test_branches_go_with_the_one_that_was_drawn_before_its_inn_was_known(context: Context, arm: str) -> None:
    wave = planned(context, held_out_percent=50, intake_days=14)
    context.memo.clear()
    drawn = store.recent(context)[0]
    begun = days_later(context, 1)
    first = next(
        name
        for name in (f"cmp_{number}" for number in count())
        if assignment(drawn, name, None, begun.today).arm == arm
    )
    inn = next(inn for inn in map(legal_inn, count(1)) if assignment(drawn, first, inn, begun.today).arm != arm)
    partners.company(begun, first, inn=None)
    service.assign(begun, [first])
    branch(begun, first, inn, "770101001")  # the INN is learned
    branch(begun, "cmp_branch", inn, "770102001")
    service.assign(begun, ["cmp_branch"])
    found = entered(begun, wave.wave_id)
    assert [found[each].arm for each in (first, "cmp_branch")] == [arm, arm]
    assert found["cmp_branch"].unit == found[first].unit
    over = days_later(begun, 30)
    over.memo.clear()
    branch(over, "cmp_late", inn, "770103001")
    service.assign(over, ["cmp_late"])
    assert ("cmp_late" in contacts.held_out(over, ["cmp_late"])) is (arm == "held")


# --- joins of companies -----------------------------------------------------------------------------------------------


def test_a_company_that_stays_after_a_join_takes_the_arm_and_gives_it_back_when_they_part(context: Context) -> None:
    wave = planned(context, held_out_percent=50)
    begun = days_later(context, 1)
    several = [known(begun, f"cmp_{number}") for number in range(8)]
    held = min(held_out(begun, several))
    called = min(set(several) - held_out(begun, several))
    stays = known(begun, "cmp_stays", RhythmState.ACTIVE)
    for company_id in (called, held):  # the second one has nothing to give: an arm never changes
        facts = {"company_id": company_id, "into": stays, "join_id": "cjn_1"}
        for crash in crashes():
            with crash:
                consumers.on_company_joined(begun, Event("company.joined", "evt_1", facts))
        made = entered(begun, wave.wave_id)[stays]
        assert (made.arm, made.joined, held_out(begun, [stays])) == ("called", called, set())
    facts = {"company_id": called, "into": stays, "join_id": "cjn_1"}
    consumers.on_company_parted(begun, Event("company.parted", "evt_2", facts))
    assert stays not in entered(begun, wave.wave_id)
    consumers.on_company_joined(begun, Event("company.joined", "evt_3", {**facts, "company_id": held}))
    assert entered(begun, wave.wave_id)[stays].unit == entered(begun, wave.wave_id)[held].unit
    assert held_out(begun, [stays]) == {stays}
    for _ in range(2):
        consumers.on_company_parted(begun, Event("company.parted", "evt_4", {**facts, "company_id": held}))
    assert held_out(begun, [stays]) == set() and held in held_out(begun, several)


def test_the_longest_hold_out_lasts_whatever_is_joined_and_parted(context: Context) -> None:
    first = planned(context, held_out_percent=50, intake_days=14)
    begun = days_later(context, 1)
    old = min(held_out(begun, [known(begun, f"cmp_{number}") for number in range(8)]))
    later = days_later(context, 40)
    second = planned(later, held_out_percent=50)
    opened = days_later(later, 1)
    opened.memo.clear()
    new = min(held_out(opened, [known(opened, f"cmp_new_{number}") for number in range(8)]))
    until = contacts.held_out(opened, [new])[new]
    assert (until.wave_id, until.until) == (second.wave_id, opened.today + timedelta(days=180))
    facts = {"company_id": old, "into": new, "join_id": "cjn_1"}
    consumers.on_company_joined(opened, Event("company.joined", "evt_1", facts))
    assert new in entered(opened, first.wave_id) and contacts.held_out(opened, [new])[new] == until
    consumers.on_company_parted(opened, Event("company.parted", "evt_2", facts))
    assert new not in entered(opened, first.wave_id) and contacts.held_out(opened, [new])[new] == until
