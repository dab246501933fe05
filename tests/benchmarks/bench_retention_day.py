"""A day of the retention room: a hundredth of the companies orders again, and everything that follows from it is computed: rhythm, state, case.

Counted on a table in memory that counts capacity by the documented rules, at a fifth of the design's size: 200 companies of 2,000, and of 20,000. A
club of 100,000 has five times as many that change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from time import process_time

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.retention.cases import consumers as cases
from chalicelib.retention.cases import service as cases_service
from chalicelib.retention.states import consumers as states
from chalicelib.retention.states import store
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import consumers as waves
from chalicelib.table.client import Table
from tests.benchmarks.report import report
from tests.conftest import NOON
from tests.retention.cases.steps import case_of
from tests.retention.waves.steps import dormant, planned
from tests.support.metered import MeteredDynamo, metered
from tests.support.spent import Spent
from tests.tiers.steps import buy, days_later

CHANGED, DESIGN = 200, 1000


def club(members: int) -> tuple[Context, list[str]]:
    """The companies that will order, dormant and with a case; the others only have a rhythm, and are never looked at."""
    numbers = count(1)
    context = Context(
        table=Table(MeteredDynamo(), "club", sleep=lambda seconds: None),
        now=NOON,
        new_id=lambda prefix: f"{prefix}_{next(numbers):032x}",
    )
    several = [dormant(context, f"Company {number}") for number in range(CHANGED)]
    for company_id in several:
        cases_service.follow(context, company_id)
    like = store.load(context, several[0])
    assert like
    for number in range(members - CHANGED):
        store.save(context, replace(like, company_id=f"cmp_other_{number}", version=1))
    planned(context, intake_days=28)
    return days_later(context, 2), several


@contextmanager
def part(context: Context, costs: dict[str, Spent], seconds: dict[str, float], name: str) -> Iterator[None]:
    context.memo.clear()
    start = process_time()
    with metered(context.table.client) as cost:
        yield
    seconds[name] = seconds.get(name, 0) + process_time() - start
    total = costs.setdefault(name, Spent())
    total.calls += cost.calls
    total.read_units += cost.read_units
    total.write_units += cost.write_units


def day_of(context: Context, several: list[str]) -> tuple[dict[str, Spent], dict[str, float]]:
    """Each sale in a batch of its own, as if it came alone."""
    costs: dict[str, Spent] = {}
    seconds: dict[str, float] = {}
    for company_id in several:
        sale = buy(context, company_id, 0, 60_000)
        with part(context, costs, seconds, "rhythm and state"):
            states.on_sale_recorded(context, Event(sale.name, sale.id, sale.item))
        changes = [
            Event("rhythm.changed", derived_id("evt", item["sk"]), item)
            for item in context.table.query_all(f"COMPANY#{company_id}")
            if item.get("event") == "rhythm.changed" and item["state"] == RhythmState.WON_BACK
        ]
        with part(context, costs, seconds, "case"):
            for event in changes:
                cases.on_company_changed(context, Event(event.name, event.id, event.item))
        with part(context, costs, seconds, "wave"):
            for event in changes:
                waves.on_state_changed(context, Event(event.name, event.id, event.item))
    return costs, seconds


@pytest.mark.timeout(1200)
def test_a_day_costs_by_who_changed_and_not_by_how_many_there_are() -> None:
    found = []
    for members in (10 * CHANGED, 100 * CHANGED):
        context, several = club(members)
        costs, seconds = day_of(context, several)
        assert {store.load(context, each).state for each in several} == {RhythmState.WON_BACK}  # type: ignore[union-attr]
        assert all(case_of(context, each).due > context.today for each in several)
        found.append({name: (len(cost.calls), cost.read_units, cost.write_units) for name, cost in costs.items()})
        if members == 100 * CHANGED:
            for name, cost in costs.items():
                times = DESIGN / CHANGED
                report(
                    f"{DESIGN} of 100,000 companies order again: {name}",
                    f"{times * len(cost.calls):.0f} calls, {times * cost.read_units:.0f} RCU, {times * cost.write_units:.0f} WCU",
                    f"{1e6 * seconds[name] / CHANGED:.0f} µs of a company, table in memory included",
                )
    assert found[0] == found[1]
