"""Cases follow their companies, whatever is told first."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib import companies, contacts
from chalicelib.companies import store as companies_store
from chalicelib.companies.company import read_company
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.jobs import due_between
from chalicelib.platform.settings import queue_url
from chalicelib.retention.cases import consumers, jobs, keys, service, store
from chalicelib.retention.cases.model import CaseCause, CaseState
from chalicelib.retention.learning import service as learning
from chalicelib.retention.learning import store as learning_store
from chalicelib.retention.learning.store import Learned
from chalicelib.retention.overview.service import late_cases
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import service as waves
from chalicelib.table.transactions import Transaction
from tests.retention.cases.steps import IVAN, OLGA, becomes, case_of, known
from tests.retention.waves.steps import entered, planned
from tests.support.crashes import crashes
from tests.tiers.steps import days_later


@pytest.fixture
def context(memory: Context) -> Context:
    return memory


def ready(context: Context, manager_id: str) -> list[str]:
    return [case.company_id for case in store.ready(context, manager_id, 10)]


def handed(context: Context, company_id: str, manager_id: str) -> None:
    company = read_company(context, company_id)
    assert company
    tx = Transaction()
    companies_store.change(tx, company, {"manager_id": manager_id}, context.at)
    context.table.commit(tx)
    consumers.on_company_changed(
        context, Event("company.manager_changed", "evt_1", {"company_id": company_id, "to_manager": manager_id})
    )


def night(context: Context) -> int:
    facts = jobs.nightly_cases(context, {})
    url = queue_url("cases")
    while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            jobs.ready_cases(context, {"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return int(facts["companies"])


def test_a_company_in_another_currency_is_ranked_by_its_orders_and_not_by_its_sums(context: Context) -> None:
    """Each of the companies orders four times within the horizon; an order is worth 25,000, 250 and 5,000,000 of its currency."""
    plain = learning.club_rhythm(context).club
    learning_store.put_club(context, Learned(replace(plain, mean_order=20_000.0), context.today, Decimal(0)))
    context.memo.clear()
    known(context, "cmp_roubles", usual=100_000)
    known(context, "cmp_few_roubles", usual=70_000)
    known(context, "cmp_euros", usual=1_000, currency="EUR")
    known(context, "cmp_tenge", usual=20_000_000, currency="KZT")
    first, *others, last = ready(context, IVAN)
    assert (first, sorted(others), last) == ("cmp_roubles", ["cmp_euros", "cmp_tenge"], "cmp_few_roubles")
    euros, tenge, roubles = (case_of(context, f"cmp_{each}") for each in ("euros", "tenge", "roubles"))
    assert euros.rank_in_club == tenge.rank_in_club and 20_000 * euros.rank == tenge.rank  # what is at stake stays
    assert roubles.rank_in_club is None


def test_before_the_club_has_learned_other_currencies_come_last(context: Context) -> None:
    known(context, "cmp_tenge", usual=20_000_000, currency="KZT")
    known(context, "cmp_roubles", usual=100)
    assert ready(context, IVAN) == ["cmp_roubles", "cmp_tenge"]


def test_ready_cases_are_listed_by_rank(context: Context) -> None:
    for company_id, usual in (("cmp_small", 1_000), ("cmp_large", 900_000), ("cmp_middle", 50_000)):
        known(context, company_id, usual=usual)
    known(context, "cmp_active", RhythmState.ACTIVE)
    assert ready(context, IVAN) == ["cmp_large", "cmp_middle", "cmp_small"]


def test_a_case_becomes_ready_on_its_day_and_stays_so(context: Context) -> None:
    known(context, "cmp_1", RhythmState.ACTIVE)
    due = case_of(context, "cmp_1").due
    early = replace(context, now=context.now + (due - context.today) - timedelta(days=1))
    assert night(early) == 0 and ready(early, IVAN) == []
    late = days_later(early, 4)  # three nights failed
    assert night(late) == 1 and ready(late, IVAN) == ["cmp_1"]
    assert case_of(late, "cmp_1").due == due
    assert night(late) == 0 and ready(late, IVAN) == ["cmp_1"]


def test_an_order_takes_the_company_off_the_ready_cases(context: Context) -> None:
    known(context, "cmp_1")
    becomes(context, "cmp_1", RhythmState.WON_BACK)
    assert ready(context, IVAN) == []
    assert context.today < case_of(context, "cmp_1").due <= context.today + timedelta(days=91)


def test_a_company_that_is_handed_over_goes_to_the_other_manager_with_its_case(context: Context) -> None:
    known(context, "cmp_1")
    before = case_of(context, "cmp_1")
    handed(context, "cmp_1", OLGA)
    assert ready(context, IVAN) == [] and ready(context, OLGA) == ["cmp_1"]
    assert case_of(context, "cmp_1") == replace(before, manager_id=OLGA, version=before.version + 1)


def test_told_twice_nothing_is_written(context: Context) -> None:
    known(context, "cmp_1")
    before = case_of(context, "cmp_1")
    for _ in range(2):
        consumers.on_company_changed(context, Event("rhythm.changed", "evt_1", {"company_id": "cmp_1"}))
    assert case_of(context, "cmp_1") == before
    service.follow(context, "cmp_unknown")
    assert store.load(context, store.case_id_of("cmp_unknown")) is None


def test_who_is_held_out_is_assigned_before_the_case_and_on_no_list(context: Context) -> None:
    wave = planned(context, held_out_percent=50)
    begun = days_later(context, 1)
    several = [known(begun, f"cmp_{number}") for number in range(24)]
    held = {each.company_id for each in entered(begun, wave.wave_id).values() if each.arm == "held"}
    assert len(entered(begun, wave.wave_id)) == 24 and 0 < len(held) < 24
    assert {case.company_id for case in store.ready(begun, IVAN, 100)} == set(several) - held
    assert {(each.state, each.due) for name in several if (each := case_of(begun, name))} == {
        (CaseState.READY, begun.today)
    }


def test_the_days_of_a_case_do_not_tell_that_its_company_is_held_out(context: Context) -> None:
    planned(context, held_out_percent=50)
    begun = days_later(context, 1)
    several = [known(begun, f"cmp_{number}") for number in range(24)]
    held = [each for each in several if waves.hold_out_of(begun, each)]
    days = set()
    for day in range(1, 181):
        later = days_later(begun, day)
        for company_id in list(due_between(later, store.DUE, later.today, later.today)):
            service.follow(later, company_id)  # as the nightly run does
        found = [case_of(later, each) for each in held]
        assert all(abs((case.due - later.today).days) <= 30 and case.because is CaseCause.PLAN for case in found)
        assert all((case.state is CaseState.READY) is (case.due <= later.today) for case in found)
        assert not {case.company_id for case in late_cases(later, IVAN, 100, None)[0]} & {*held} or day == 180
        days |= {case.due for case in found}
    assert len(days) > 9 and not contacts.held_out(later, held)
    listed = {case.company_id for case in store.ready(later, IVAN, 100)}
    assert listed >= {case.company_id for case in found if case.state is CaseState.READY} >= {*held}


def test_a_wish_that_is_answered_reports_back_to_its_case(context: Context) -> None:
    known(context, "cmp_1")
    before = case_of(context, "cmp_1")
    waiting = replace(
        before,
        state=CaseState.WAITING,
        due=context.today + timedelta(days=30),
        demand_id="dem_1",
        version=before.version + 1,
    )
    store.save(context, waiting, before)
    for demand_id in ("dem_other", "dem_1", "dem_1"):
        facts = {"company_id": "cmp_1", "demand_id": demand_id}
        consumers.on_demand_answered(context, Event("demand.answered", "evt_1", facts))
        arrived = demand_id == "dem_1"
        found = case_of(context, "cmp_1")
        assert (found.because is CaseCause.GOODS) is arrived and (found.state is CaseState.READY) is arrived


def test_a_crash_anywhere_leaves_what_a_repeat_completes(context: Context) -> None:
    for crash in crashes():
        known(context, "cmp_1", RhythmState.ACTIVE)
        partly = case_of(context, "cmp_1")
        context.table.update(keys.case(partly.case_id), put={"demand_id": "dem_1"})
        with crash:
            service.goods_arrived(context, "cmp_1", "dem_1")
        service.goods_arrived(context, "cmp_1", "dem_1")
        found = case_of(context, "cmp_1")
        assert (found.state, found.because, found.demand_id) == (CaseState.READY, CaseCause.GOODS, None), crash
        context.table.client.delete_item(
            TableName="club", Key={"pk": {"S": f"CASE#{partly.case_id}"}, "sk": {"S": "CASE"}}
        )
        if not crash.happened:
            break


def test_nobody_calls_a_company_that_was_joined_into_another_until_they_part(context: Context) -> None:
    company_id, into = known(context, "cmp_goes"), known(context, "cmp_stays")
    company, stays = (companies.read_company(context, each) for each in (company_id, into))
    assert company and stays
    tx = Transaction()
    companies.join_companies(tx, context, company, stays, "cjn_1", "mbr_head")
    context.table.commit(tx)
    for _ in range(2):
        service.follow(context, company_id)
        assert case_of(context, company_id).state is CaseState.ENDED
    company, stays = (companies.read_company(context, each) for each in (company_id, into))
    assert company and stays
    tx = Transaction()
    companies.part_companies(tx, context, company, stays, [], "cjn_1", "mbr_head", took_inn=False)
    context.table.commit(tx)
    service.follow(context, company_id)
    assert case_of(context, company_id).state is CaseState.READY
