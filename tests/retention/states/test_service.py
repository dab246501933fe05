"""The stored rhythm: whatever comes late, twice or crosswise, it is what one computation from the facts finds."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Context
from chalicelib.retention.states import consumers, jobs, service, store
from chalicelib.retention.states.rules import RhythmState
from tests.retention.states.steps import alarms, fresh, hear_all, heard, learn, message, night, stored, told
from tests.support.crashes import crashes, races
from tests.tiers.steps import buy, company, days_later, give_back, in_memory, sale_events

REGULAR = range(-200, -20, 20)


def regular(context: Context) -> str:
    """A company that bought every 20 days, for the last time 40 days ago."""
    company_id = company(context)
    for offset in REGULAR:
        buy(context, company_id, offset, 60_000)
    return company_id


def test_a_sale_gives_a_company_its_rhythm(quick: Context) -> None:
    company_id = regular(quick)
    hear_all(quick, company_id)
    found = stored(quick, company_id)
    assert found is not None
    assert (found.state, found.orders) == (RhythmState.ACTIVE, 9)
    assert found.last_order == quick.today - timedelta(days=40)
    assert found.window_from is not None and found.window_to is not None and found.look_again is not None
    assert quick.today < found.window_from <= found.window_to
    assert told(quick, company_id) == [(RhythmState.NO_ORDERS, RhythmState.ACTIVE)]


def test_a_silence_is_found_by_the_nights_alone(quick: Context) -> None:
    company_id = regular(quick)
    hear_all(quick, company_id)
    for days in range(1, 330):
        night(days_later(quick, days))
    assert told(quick, company_id) == [
        (RhythmState.NO_ORDERS, RhythmState.ACTIVE),
        (RhythmState.ACTIVE, RhythmState.AT_RISK),
        (RhythmState.AT_RISK, RhythmState.DORMANT),
        (RhythmState.DORMANT, RhythmState.LOST),
    ]
    lost = stored(days_later(quick, 330), company_id)
    assert lost is not None and lost.look_again is None
    assert lost.since == quick.today + timedelta(days=325)


def test_an_order_wins_a_dormant_company_back(quick: Context) -> None:
    company_id = regular(quick)
    later = days_later(quick, 100)
    hear_all(later, company_id)
    heard(later, buy(later, company_id, 0, 60_000))
    assert told(later, company_id) == [
        (RhythmState.NO_ORDERS, RhythmState.DORMANT),
        (RhythmState.DORMANT, RhythmState.WON_BACK),
    ]


def test_a_cancelled_order_was_no_sign_of_life(quick: Context) -> None:
    company_id = regular(quick)
    buy(quick, company_id, -2, 60_000, number="B-1")
    hear_all(quick, company_id)
    heard(quick, give_back(quick, company_id, 0, 58_000, "B-1"))
    found = stored(quick, company_id)
    assert found is not None and found.last_order == quick.today - timedelta(days=40)


def test_orders_that_are_all_taken_back_leave_no_rhythm(quick: Context) -> None:
    company_id = company(quick)
    heard(quick, buy(quick, company_id, -2, 60_000, number="B-1"))
    heard(quick, buy(quick, company_id, -2, 0, number="B-1"))
    found = stored(quick, company_id)
    assert found is not None and (found.state, found.no_order, found.look_again) == (RhythmState.NO_ORDERS, None, None)


def test_the_same_event_twice_writes_nothing(quick: Context) -> None:
    company_id = regular(quick)
    hear_all(quick, company_id)
    before = stored(quick, company_id)
    hear_all(quick, company_id)
    assert stored(quick, company_id) == before


def test_a_sale_between_any_two_calls_of_another_is_not_lost(quick: Context) -> None:
    def another() -> None:
        heard(context, buy(context, company_id, -5, 20_000, number="B-1"))

    for race in races(another):
        context = in_memory(quick)
        company_id = company(context)
        event = buy(context, company_id, -30, 60_000, number="A-1")
        with race:
            consumers.on_sale_recorded(context, event)
        found = stored(context, company_id)
        assert found == fresh(context, company_id, found.version if found else 0), race


def test_a_crash_at_any_call_is_made_up_for(quick: Context) -> None:
    for crash in crashes():
        context = in_memory(quick)
        company_id = company(context)
        event = buy(context, company_id, -30, 60_000)
        with crash:
            heard(context, event)
        heard(context, event)
        found = stored(context, company_id)
        assert found is not None and found == fresh(context, company_id, found.version), crash
        assert told(context, company_id) == [(RhythmState.NO_ORDERS, RhythmState.NEW)], crash


def test_a_crash_of_a_night_s_worker_is_made_up_for(quick: Context) -> None:
    for crash in crashes():
        context = in_memory(quick)
        company_id = company(context)
        heard(context, buy(context, company_id, -30, 60_000))
        later = days_later(context, 60)
        with crash:
            jobs.decide_rhythm(later, message(company_id))
        jobs.decide_rhythm(later, message(company_id))
        assert told(later, company_id) == [
            (RhythmState.NO_ORDERS, RhythmState.NEW),
            (RhythmState.NEW, RhythmState.DORMANT),
        ], crash


def test_one_company_that_fails_holds_up_no_other(quick: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    company_id = regular(quick)
    follow = service.follow

    def breaks(context: Context, each: str) -> None:
        if each == "cmp_broken":
            raise RuntimeError("broken")
        follow(context, each)

    monkeypatch.setattr(service, "follow", breaks)
    with pytest.raises(RuntimeError, match="not computed: cmp_broken"):
        jobs.decide_rhythm(quick, message("cmp_broken", company_id))
    assert stored(quick, company_id) is not None


# --- the alarm of a big client ---------------------------------------------------------------------------------------


def test_a_big_client_that_goes_quiet_is_told_once_for_each_silence(quick: Context) -> None:
    company_id = regular(quick)
    hear_all(quick, company_id)
    for days in range(120):
        night(days_later(quick, days))
    (alarm,) = alarms(quick, company_id)
    assert alarm["share_percent"] == 100
    assert alarm["last_order"] == (quick.today - timedelta(days=40)).isoformat()
    assert 0.72 <= alarm["early_warning"] < 1
    later = days_later(quick, 119)
    heard(later, buy(later, company_id, 0, 60_000))
    for days in range(120, 230):
        night(days_later(quick, days))
    assert len(alarms(quick, company_id)) == 2


def test_a_small_client_alarms_nobody(quick: Context) -> None:
    company_id, other = regular(quick), company(quick, "Svet")
    for offset in range(-200, -100):
        buy(quick, other, offset, 60_000)
    hear_all(quick, company_id)
    for days in range(60):
        night(days_later(quick, days))
    assert [after for _, after in told(quick, company_id)][-1] is RhythmState.DORMANT
    assert alarms(quick, company_id) == []


def test_a_company_in_another_currency_has_figures_of_its_own_orders_and_raises_no_alarm(quick: Context) -> None:
    for number in range(3):
        roubles = company(quick, f"Luch {number}")
        for offset in REGULAR:
            buy(quick, roubles, offset, 60_000)
    learn(quick)
    euros = company(quick, "Licht", "EUR")
    for offset in (-160, -100):
        buy(quick, euros, offset, 500_000, currency="EUR")
    hear_all(quick, euros)
    found = stored(quick, euros)
    assert found and found.state is RhythmState.DORMANT
    assert (found.order_value, found.usual_sum) == (500_000, 750_000)
    assert alarms(quick, euros) == []
    shown = service.explain(quick, euros, None, "en").figures
    assert shown and (shown.order_value.amount, shown.order_value.currency) == (500_000, "EUR")
    assert shown.expected_sum.amount < 500_000 * shown.expected_orders + 2_500  # orders are rounded to hundredths


def test_orders_in_another_currency_count_for_the_rhythm_and_for_no_sum(quick: Context) -> None:
    company_id = company(quick)
    for offset in (-70, -28, -7):
        buy(quick, company_id, offset, 60_000)
    for offset in (-49, -28):
        buy(quick, company_id, offset, 900, f"EU{offset}", currency="EUR", other_currency=True)
    hear_all(quick, company_id)
    found = stored(quick, company_id)
    assert found and (found.orders, found.order_value) == (4, 45_000)  # three of the four days have roubles
    told = service.explain(quick, company_id, None, "en")
    assert [(quick.today - day.day).days for day in told.order_days] == [7, 28, 49, 70]
    assert [day.amount.amount for day in told.order_days] == [60_000, 60_000, 0, 60_000]
    assert told.words.endswith(
        " 1\N{NO-BREAK SPACE}day with orders in another currency: part of the rhythm, not of the sums."
    )
    alone = company(quick, "Licht")
    event = buy(quick, alone, -5, 900, "EU-1", currency="EUR", other_currency=True)
    heard(quick, event)
    only = stored(quick, alone)
    assert only and (only.state, only.orders, only.order_value) == (RhythmState.NEW, 1, 0)
    for day in (-200, -5):  # a correction to another day, and back
        heard(quick, buy(quick, alone, day, 900, "EU-1", currency="EUR", other_currency=True))
        moved = stored(quick, alone)
        assert moved and moved.last_order == quick.today + timedelta(day)
    heard(quick, buy(quick, alone, -5, 0, "EU-1", currency="EUR", other_currency=True))
    gone = stored(quick, alone)
    assert gone and (gone.state, gone.orders) == (RhythmState.NO_ORDERS, 0)


def test_a_crash_at_any_call_loses_no_alarm_and_doubles_none(quick: Context) -> None:
    for crash in crashes():
        context = in_memory(quick)
        company_id = regular(context)
        hear_all(context, company_id)
        learn(context)
        later = days_later(context, 60)
        with crash:
            jobs.decide_rhythm(later, message(company_id))
        jobs.decide_rhythm(later, message(company_id))
        assert len(alarms(later, company_id)) == 1, crash


def test_those_at_risk_are_looked_at_again_in_the_night_after_the_club_has_learned(quick: Context) -> None:
    company_id = regular(quick)
    hear_all(quick, company_id)
    for days, wanted in (
        (0, RhythmState.AT_RISK),
        (1, RhythmState.ACTIVE),
        (2, RhythmState.AT_RISK),
    ):  # it learns in the first night
        today = days_later(quick, days)
        before = stored(today, company_id)
        assert before
        doubted = replace(before, state=RhythmState.AT_RISK, look_again=None, version=before.version + 1)
        store.save(today, doubted)
        night(today)
        after = stored(today, company_id)
        assert after and after.state is wanted, days


# --- the reminder of the next order ------------------------------------------------------------------------------------


def reminders(context: Context, company_id: str) -> list[dict[str, Any]]:
    items = context.table.query_all(companies_keys.company(company_id).pk)
    return [each for each in items if each.get("event") == "order.expected"]


def lately(context: Context) -> str:
    """A company that bought every 20 days, for the last time today."""
    company_id = company(context)
    for offset in range(-100, 1, 20):
        buy(context, company_id, offset, 60_000)
    return company_id


def test_buyers_are_reminded_once_before_each_order(quick: Context) -> None:
    company_id = lately(quick)
    hear_all(quick, company_id)
    for days in range(17):
        night(days_later(quick, days))
    assert reminders(quick, company_id) == []
    for days in range(17, 30):
        night(days_later(quick, days))
    (told_once,) = reminders(quick, company_id)
    assert told_once["last_order"] == quick.today.isoformat()
    day = quick.today + timedelta(days=17)
    assert day < date.fromisoformat(told_once["first"]) <= date.fromisoformat(told_once["last"])
    later = days_later(quick, 29)
    heard(later, buy(later, company_id, 0, 60_000))
    for days in range(30, 52):
        night(days_later(quick, days))
    assert [each["last_order"] for each in reminders(quick, company_id)][1:] == [later.today.isoformat()]


def test_who_orders_every_week_bought_twice_or_is_at_risk_is_not_reminded(quick: Context) -> None:
    weekly, twice, silent = company(quick, "Weekly"), company(quick, "Twice"), regular(quick)
    for offset in range(-70, 1, 7):
        buy(quick, weekly, offset, 60_000)
    for offset in (-20, 0):
        buy(quick, twice, offset, 60_000)
    for company_id in (weekly, twice, silent):
        hear_all(quick, company_id)
    for days in range(40):
        night(days_later(quick, days))
    assert [reminders(quick, each) for each in (weekly, twice, silent)] == [[], [], []]


def test_a_crash_at_any_call_loses_no_reminder_and_doubles_none(quick: Context) -> None:
    for crash in crashes():
        context = in_memory(quick)
        company_id = lately(context)
        hear_all(context, company_id)
        later = days_later(context, 18)
        with crash:
            jobs.decide_rhythm(later, message(company_id))
        jobs.decide_rhythm(later, message(company_id))
        assert len(reminders(later, company_id)) == 1, crash


# --- any order of anything --------------------------------------------------------------------------------------------


def machine(context: Context) -> type[RuleBasedStateMachine]:
    class Company(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.context = in_memory(context)
            self.company_id = company(self.context)
            self.heard: set[str] = set()

        @rule(
            number=st.sampled_from([f"A-{number}" for number in range(8)]),
            amount=st.sampled_from([0, 1_000, 60_000]),
            ago=st.integers(0, 400),
            currency=st.sampled_from(["RUB", "RUB", "EUR"]),
        )
        def buy(self, number: str, amount: int, ago: int, currency: str) -> None:
            """Of a number that there is already, this is a correction to another day, sum or currency; 0 takes it back."""
            other = currency != "RUB"
            buy(self.context, self.company_id, -ago, amount, number, currency, other_currency=other)

        @rule(number=st.sampled_from([f"A-{number}" for number in range(8)]), amount=st.sampled_from([500, 60_000]))
        def give_back(self, number: str, amount: int) -> None:
            give_back(self.context, self.company_id, 0, amount, number)

        @precondition(lambda self: self.unheard)
        @rule(random=st.randoms(use_true_random=False))
        def deliver(self, random: Any) -> None:
            event = random.choice(self.unheard)
            heard(self.context, event)
            self.heard.add(event.id)

        @rule(random=st.randoms(use_true_random=False))
        def deliver_again(self, random: Any) -> None:
            if self.heard:
                known = [each for each in sale_events(self.context, self.company_id) if each.id in self.heard]
                heard(self.context, random.choice(known))

        @rule(days=st.integers(1, 40))
        def wait(self, days: int) -> None:
            """Nights look at whoever is due."""
            for _ in range(days):
                self.context = days_later(self.context, 1)
                due = stored(self.context, self.company_id)
                if due and due.look_again and due.look_again <= self.context.today:
                    jobs.decide_rhythm(self.context, message(self.company_id))

        @property
        def unheard(self) -> list[Any]:
            return [each for each in sale_events(self.context, self.company_id) if each.id not in self.heard]

        @invariant()
        def the_rhythm_is_what_the_facts_say(self) -> None:
            if not hasattr(self, "context") or self.unheard:
                return
            found = stored(self.context, self.company_id)
            now = fresh(self.context, self.company_id, found.version if found else 0)
            if found is None:
                assert now.state is RhythmState.NO_ORDERS
            else:
                assert (found.state, found.since, found.orders, found.last_order) == (
                    now.state,
                    now.since if now.orders else found.since,
                    now.orders,
                    now.last_order,
                )
                assert found.state is not RhythmState.NO_ORDERS or found.early_warning is None

        @invariant()
        def each_change_is_told_once(self) -> None:
            if hasattr(self, "context"):
                changes = told(self.context, self.company_id)
                assert [after for _, after in changes[:-1]] == [before for before, _ in changes[1:]]

    return Company


def test_any_documents_in_any_order_make_the_rhythm_of_the_facts(quick: Context) -> None:
    run_state_machine_as_test(
        machine(quick),
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_night_names_whoever_is_due(quick: Context) -> None:
    company_id = regular(quick)
    hear_all(quick, company_id)
    found = stored(quick, company_id)
    assert found is not None and found.look_again is not None
    until = (found.look_again - quick.today).days
    assert night(days_later(quick, until - 1))["companies"] == 0
    assert night(days_later(quick, until))["companies"] == 1
