"""Simulations, from the request to the list of companies.

    start         stores the simulation with its event
    on_requested  sends the first part to the simulations queue
    simulate      stores the companies of a part, sends the next part to the queue, simulates the companies, adds their counts
    show          the progress and the result

Parts are created one after the other and run in parallel. Each step survives duplicates and crashes: the companies of a part are stored
once, and counted once in the same transaction as its completion. A simulation writes only its own items.

Weakest point: the last part alone builds the list from all parts, which takes about 20 ms per part.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib import companies, sales
from chalicelib.platform.clock import moment
from chalicelib.platform.context import Context
from chalicelib.platform.csv import harmless, listing
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Transaction
from chalicelib.tiers.ladders import store as ladders_store
from chalicelib.tiers.ladders.rules import NO_STEP, Ladder, ladder_on
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.simulations import rules, store
from chalicelib.tiers.simulations.rules import Outcome
from chalicelib.tiers.simulations.schemas import (
    SimulationListView,
    SimulationProgressView,
    SimulationResultView,
    SimulationView,
)
from chalicelib.tiers.simulations.store import ListedCompany, Row, Simulation, SimulationPart
from chalicelib.tiers.standing import store as standing_store

COMPANIES = 200  # of one part
STALLED = timedelta(hours=1)

HEADING = [
    "company_id",
    "name",
    "inn",
    "tier_before",
    "percent_before",
    "tier_after",
    "percent_after",
    "move",
    "purchases",
    "discount_before",
    "discount_after",
]


def start(context: Context, ladder_id: str, started_by: str) -> SimulationView:
    """Raises `not_found`."""
    found = ladders_store.load(context, ladder_id)
    if found is None:
        raise Problem("not_found")
    tx = Transaction()
    made = store.create(
        tx, context, context.new_id("sim"), found.ladder, ladders_of(context, found.ladder.currency), started_by
    )
    view = _view_of(context, made)
    context.reply(tx, view)
    context.table.commit(tx)
    return view


def show(context: Context, simulation_id: str) -> SimulationView:
    found = store.load(context, simulation_id)
    if found is None:
        raise Problem("not_found")
    return _view_of(context, found)


def simulate(context: Context, message: dict[str, Any]) -> None:
    """Simulate the part in the message; the last part also finishes the simulation."""
    body = json.loads(message["body"])
    simulation_id, number = body["simulation_id"], body["part"]
    found, part = store.load_with_part(context, simulation_id, number)
    if found is None or found.done:
        return
    if part is None:
        part = _create_part(context, found, number)
    if not part.done:
        if part.after:
            store.announce(simulation_id, number + 1)
        _simulate_part(context, found, part)
    _finish_if_last(context, simulation_id)


def _create_part(context: Context, found: Simulation, number: int) -> SimulationPart:
    """Store the part: the companies after those of the previous part."""
    after = None
    if number > 1:
        _, before = store.load_with_part(context, found.simulation_id, number - 1)
        if before is None:
            raise LookupError(f"{found.simulation_id} has no part {number - 1}")
        after = before.after
    page, following = companies.some_companies(context, COMPANIES, after)
    currency = found.ladder.currency
    part = SimulationPart(
        number, [ListedCompany.of(each) for each in page if each.currency == currency], following, done=False
    )
    if store.create_part(context, found, part):
        return part
    _, first = store.load_with_part(context, found.simulation_id, number)  # another worker stored it first
    if first is None:
        raise LookupError(f"{found.simulation_id} has no part {number}")
    return first


def _simulate_part(context: Context, found: Simulation, part: SimulationPart) -> None:
    ladder, real = found.ladder, found.real
    outcomes = [(member, _outcome(context, found.today, real, ladder, member.company_id)) for member in part.members]
    name = store.put_rows(found.simulation_id, part.number, [_row(*each) for each in outcomes])
    store.finish_part(context, found, part, name, rules.counts_of(outcome for _, outcome in outcomes))


def _outcome(context: Context, today: date, real: Sequence[Ladder], ladder: Ladder, company_id: str) -> Outcome:
    """Two reads; one more where a ladder has a personal first step."""
    totals = sales.day_totals(context, company_id, rules.reads_from(real, ladder, today), today)
    _, grants = standing_store.load_with_grants(context, company_id)
    personal = any(each.personal for each in (*real, ladder))
    first_purchase = sales.first_purchase(context, company_id) if personal else None
    return rules.simulate(totals, real, ladder, grants, first_purchase, today)


def _finish_if_last(context: Context, simulation_id: str) -> None:
    found = store.load(context, simulation_id)
    if found is None or found.done or not found.is_whole:
        return
    rows = (row for name in store.objects(context, simulation_id) for row in store.get_rows(simulation_id, name))
    store.put_list(simulation_id, listing(HEADING, rows))
    store.finish(context, simulation_id)


def _row(member: ListedCompany, outcome: Outcome) -> Row:
    return [
        member.company_id,
        harmless(member.name),
        harmless(member.inn),
        outcome.before.tier,
        _percent(outcome.before.discount_percent),
        outcome.after.tier,
        _percent(outcome.after.discount_percent),
        outcome.move,
        f"{outcome.purchases:.2f}",
        f"{outcome.discount_before:.2f}",
        f"{outcome.discount_after:.2f}",
    ]


def _view_of(context: Context, found: Simulation) -> SimulationView:
    first, last = rules.months(found.today)
    ladder, item = found.ladder, found.item
    return SimulationView(
        simulation_id=found.simulation_id,
        ladder_id=ladder.ladder_id,
        version=ladder.version,
        currency=ladder.currency,
        first=first,
        last=last,
        state="done" if found.done else "running",
        stalled=not found.done and moment(item["progress_at"]) + STALLED < context.now,
        created_at=item["created_at"],
        created_by=item["created_by"],
        finished_at=item.get("finished_at"),
        progress=SimulationProgressView(
            companies_done=found.count("companies"),
            companies_found=found.count("companies_found"),
            parts_done=found.count("parts_done"),
            parts_total=found.parts_total,
        ),
        result=_result(found) if found.done else None,
        companies=_list(context, found) if found.done else None,
    )


def _result(found: Simulation) -> SimulationResultView:
    """The result, with steps in the order of today's ladder, then those of the other ladder only."""
    ladders = ladder_on(found.real, found.today), found.ladder
    tiers = dict.fromkeys(step.tier for ladder in ladders for step in (NO_STEP, *ladder.steps_on(found.today)))
    return SimulationResultView.of(rules.totals_of(found.item, list(tiers)), found.ladder.currency)


def _list(context: Context, found: Simulation) -> SimulationListView:
    expires_at = context.now + timedelta(seconds=store.LINK_SECONDS)
    return SimulationListView(url=store.link(found.simulation_id), expires_at=expires_at)


def _percent(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
