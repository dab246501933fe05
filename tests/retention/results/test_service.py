"""Results from the companies' purchases and calls, on the planned looks."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import auth, companies
from chalicelib.auth import store as auth_store
from chalicelib.orders import OrderLine, OrderState
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.settings import queue_url
from chalicelib.pricing import Ruling
from chalicelib.retention.cases import store as cases
from chalicelib.retention.cases.model import CallAnswer, SilenceReason
from chalicelib.retention.learning import service as learning
from chalicelib.retention.learning import store as learning_store
from chalicelib.retention.learning.store import Learned
from chalicelib.retention.results import jobs, service, store
from chalicelib.retention.results.model import CompanyResult
from chalicelib.retention.rhythm.correction.rules import Correction
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import service as waves
from chalicelib.retention.waves import store as waves_store
from chalicelib.table.transactions import Transaction
from tests.retention.cases.steps import IVAN, OLGA, known
from tests.retention.cases.test_service import handed
from tests.retention.results.test_rules import entry
from tests.retention.waves.steps import dormant, planned
from tests.support import partners
from tests.tiers.steps import buy, days_later


@pytest.fixture
def context(memory: Context) -> Context:
    return memory


def night(context: Context) -> dict[str, Any]:
    context.memo.clear()
    facts = jobs.nightly_results(context, {})
    url = queue_url("results")
    while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            jobs.measure_results(context, {"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return facts


def test_a_wave_is_measured_on_its_looks_and_stays_so_between_them(context: Context) -> None:
    several = [dormant(context, f"Company {number}") for number in range(16)]
    wave = planned(context, held_out_percent=50, intake_days=28)
    begun = days_later(context, 1)
    waves.assign(begun, several)
    arms = {each.company_id: each.arm for each in waves_store.members(begun, wave.wave_id)}
    early = service.show(begun, wave.wave_id, "en")
    assert (early.look, early.ordered_90, early.entered) == (None, None, 16)
    assert "looked at first on" in early.words and early.next_look == wave.looks[0]
    called = [each for each in several if arms[each] == "called"]
    for company_id in called[:3]:
        buy(begun, company_id, 20, 70_000)
    buy(begun, called[3], 60, 70_000)
    buy(begun, called[4], 91, 70_000)  # after the 90 days
    first = days_later(context, 91)
    assert night(days_later(context, 90))["companies"] == 0
    assert night(first)["companies"] == 16
    found = service.show(first, wave.wave_id, "en")
    assert found.look and (found.look.number, found.compared, found.suspect) == (1, 16, False)
    assert found.ordered_30 and found.ordered_30.called_percent == round(100 * 3 / len(called), 1)
    assert found.ordered_90 and found.ordered_90.called_percent == round(100 * 4 / len(called), 1)
    assert found.ordered_90.held_percent == 0 and found.turnover and found.turnover.difference > 0
    assert found.words.endswith("Too few to tell.") and not found.managers_comparable
    known = {each.company_id: each for each in store.results(first, wave.wave_id)}
    assert (found.offers_margin, found.offers_costed_percent, found.offers_sum.amount) == (None, None, 0)
    assert found.margin is None
    assert found.ranks and sum(each.called + each.held for each in found.ranks) == 16
    assert all(0 < each.chance < 1 and each.expected_sum > 0 for each in known.values())
    assert str(known[called[0]].turnover) == "70000.00" and known[called[0]].before == 300_000
    buy(first, called[5], -1, 1_000)
    assert night(days_later(first, 5))["companies"] == 0
    assert service.show(days_later(first, 5), wave.wave_id, "en").ordered_90 == found.ordered_90


def test_measured_twice_nothing_changes_and_an_unknown_wave_is_not_found(context: Context) -> None:
    company_id = dormant(context, "Luch")
    wave = planned(context, intake_days=28)
    waves.assign(days_later(context, 1), [company_id])
    before = days_later(context, 50)
    service.measure(before, wave.wave_id, [company_id])
    assert list(store.results(before, wave.wave_id)) == []
    after = days_later(context, 95)
    for _ in range(2):
        service.measure(after, wave.wave_id, [company_id, "cmp_none"])
        assert len(list(store.results(after, wave.wave_id))) == 1
    with pytest.raises(Problem, match="not_found"):
        service.show(after, "wav_none", "en")
    assert service.show(after, None, "en").wave_id == wave.wave_id
    with pytest.raises(Problem, match="not_found"):
        service.show(context, None, "en")


def test_an_outcome_counts_for_the_manager_of_the_day_on_which_the_company_entered(context: Context) -> None:
    several = [known(context, f"cmp_{number}", RhythmState.ACTIVE) for number in range(2)]
    wave = planned(context, intake_days=28)
    begun = days_later(context, 1)
    waves.assign(begun, several)
    handed(begun, "cmp_0", OLGA)
    after = days_later(context, 95)
    service.measure(after, wave.wave_id, several)
    assert {each.manager_id for each in store.results(after, wave.wave_id)} == {IVAN}


def test_the_chance_of_a_company_in_another_currency_follows_from_its_days(context: Context) -> None:
    several = [dormant(context, "Luch"), dormant(context, "Licht", currency="EUR")]
    wave = planned(context, intake_days=28)
    waves.assign(days_later(context, 1), several)
    after = days_later(context, 95)

    def measured() -> list[CompanyResult]:
        after.memo.clear()
        service.measure(after, wave.wave_id, several)
        known = store.read(after, wave.wave_id, several)
        return [known[each] for each in several]

    roubles, euros = measured()
    assert roubles.chance == euros.chance and roubles.expected_sum > 0 == euros.expected_sum
    money = Correction(
        0.0, (0, 0, 0, 0.1, 0, 0, 0, 0.1), (0,) * 8, (1,) * 8
    )  # the larger the sums, the surer the silence
    club = replace(learning.club_rhythm(after).club, score=money)
    learning_store.put_club(after, Learned(club, after.today, Decimal(0)))
    assert measured()[0].chance < roubles.chance
    assert measured()[1].chance == euros.chance


def test_visits_and_what_offers_took_off_are_told(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    several = [dormant(context, f"Company {number}") for number in range(12)]
    wave = planned(context, held_out_percent=50, intake_days=28)
    begun = days_later(context, 1)
    waves.assign(begun, several)
    arms = {each.company_id: each.arm for each in waves_store.members(begun, wave.wave_id)}
    called = [each for each in several if arms[each] == "called"]
    for number, company_id in enumerate(called[:3]):
        partners.member(context, f"mbr_{number}")
        partners.speaks_for(context, company_id, f"mbr_{number}", "buyer")
    auth.note_visit(context.table, "mbr_0", days_later(context, 40).now)
    auth.note_visit(context.table, "mbr_1", begun.now)  # on the first day itself
    auth.note_visit(context.table, "mbr_2", days_later(context, 92).now)
    ruling = Ruling("offer", "offered", facts={"offer": "off_1"})
    base, price = Decimal(100), Decimal(75)
    line = OrderLine("A", "A", "A", "pcs", 10, base, price, Decimal(20), ruling, (), cost_price=Decimal(60))
    uncosted = line._replace(quantity=2, cost_price=None)
    plain = line._replace(chosen=Ruling("base_price", "base"))
    placed = SimpleNamespace(
        placed_at=days_later(context, 30).at, currency="RUB", state=OrderState.PLACED, lines=(line, uncosted, plain)
    )
    late = SimpleNamespace(**vars(placed) | {"placed_at": days_later(context, 92).at})
    void = SimpleNamespace(**vars(placed) | {"state": OrderState.REJECTED})
    foreign = SimpleNamespace(**vars(placed) | {"currency": "USD"})
    monkeypatch.setattr(
        "chalicelib.orders.orders_since",
        lambda context, company_id, moment: [placed, late, void, foreign] if company_id == called[0] else [],
    )
    first = days_later(context, 91)
    night(first)
    found = service.show(first, wave.wave_id, "en")
    assert found.visited and found.visited.called_percent == round(100 / len(called), 1)
    assert (found.offers_sum.amount, found.offers_off.amount) == (900, 300)
    assert found.offers_margin and found.offers_margin.amount == 150 and found.offers_costed_percent == 83.3
    assert "150.00" in found.words and "83.3%" in found.words
    assert found.margin and found.margin.difference == round(300 / len(called), 2)  # what no offer priced, too
    auth_store.forget_visits(context.table, "mbr_0", ["2026-Q4", "2027-Q1"])  # they are kept for half a year
    last = days_later(context, 200)
    service.measure(last, wave.wave_id, several)
    assert {each.company_id for each in store.results(last, wave.wave_id) if each.visited} == {called[0]}


def test_a_company_that_was_joined_into_another_leaves_the_comparison(context: Context) -> None:
    company_id, stays = dormant(context, "Luch"), dormant(context, "Svet")
    wave = planned(context, intake_days=28)
    waves.assign(days_later(context, 1), [company_id, stays])
    after = days_later(context, 95)
    service.measure(after, wave.wave_id, [company_id, stays])
    assert len(list(store.results(after, wave.wave_id))) == 2
    company, into = (companies.read_company(after, each) for each in (company_id, stays))
    assert company and into
    tx = Transaction()
    companies.join_companies(tx, after, company, into, "cjn_1", "mbr_head")
    after.table.commit(tx)
    for _ in range(2):
        service.measure(after, wave.wave_id, [company_id, stays])
    assert [each.company_id for each in store.results(after, wave.wave_id)] == [stays]


def test_reasons_of_the_talks_are_told_with_the_result(context: Context) -> None:
    several = [dormant(context, f"Company {number}") for number in range(12)]
    wave = planned(context, held_out_percent=50, intake_days=28)
    begun = days_later(context, 1)
    waves.assign(begun, several)
    one = next(each.company_id for each in waves_store.members(begun, wave.wave_id) if each.arm == "called")
    other = next(each.company_id for each in waves_store.members(begun, wave.wave_id) if each.arm == "held")
    buy(begun, other, 20, 70_000)  # so something is to be expected
    tx = Transaction()
    talk = replace(entry("ent_1", "reached"), case_id=cases.case_id_of(one), company_id=one, day=begun.today)
    cases.add_entry(tx, replace(talk, reason=SilenceReason.PRICE, answer=CallAnswer.FREE_DELIVERY))
    begun.table.commit(tx)
    after = days_later(context, 91)
    service.measure(after, wave.wave_id, several)
    found = service.show(after, wave.wave_id, "en")
    [told], [answered] = found.reasons, found.answers
    assert (told.code, told.companies, told.ordered_90) == ("price", 1, 0) and told.expected_90 > 0
    assert answered.code == "free_delivery"
