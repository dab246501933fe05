"""Simulations, from the request to the list of companies: work in parts, which writes only its own items.

start         stores the simulation with its event
on_requested  sends the first part to the simulations queue
simulate      does a part: simulates its companies and adds their counts; the last one builds the list, about 20 ms per part
show          the progress and the result
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib import companies, sales
from chalicelib.platform import Context, or_not_found
from chalicelib.platform.files.csv import Control, harmless, listing
from chalicelib.platform.parts import LINK_SECONDS, Progress
from chalicelib.table import Item, Position, Transaction
from chalicelib.tiers.ladders import store as ladders_store
from chalicelib.tiers.ladders.rules import NO_STEP, Ladder, ladder_on
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.simulations import rules, store
from chalicelib.tiers.simulations.rules import Outcome
from chalicelib.tiers.simulations.schemas import SimulationListView, SimulationResultView, SimulationView
from chalicelib.tiers.standing import store as standing_store

COMPANIES = 200  # of one part

Row = list[str]

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
    "currency",
]
PURCHASES = Control(amount=HEADING.index("purchases"), currency=HEADING.index("currency"))


def start(context: Context, ladder_id: str, started_by: str) -> SimulationView:
    """Raises `not_found`."""
    found = or_not_found(ladders_store.load(context, ladder_id))
    tx = Transaction()
    made = store.create(
        tx, context, context.new_id("sim"), found.ladder, ladders_of(context, found.ladder.currency), started_by
    )
    return context.commit(tx, _view_of(context, made))


def show(context: Context, simulation_id: str) -> SimulationView:
    found = or_not_found(store.WORK.load(context, simulation_id))
    return _view_of(context, found)


def page(context: Context, limit: int, after: Position) -> tuple[list[SimulationView], Position]:
    """Newest first. One call."""
    items, last = store.WORK.page(context.table, limit, after)
    return [_view_of(context, Progress(item["simulation_id"], item)) for item in items], last


def simulate(context: Context, message: dict[str, Any]) -> None:
    """Simulate the part in the message; the last part also finishes the simulation."""

    def some_companies(found: Progress, after: Position) -> tuple[list[list[str]], Position]:
        page, following = companies.some_companies(context, COMPANIES, after)
        currency = store.ladder(found).currency
        members = [[each.company_id, each.name, each.inn or ""] for each in page if each.currency == currency]
        return members, following

    def simulate_part(found: Progress, members: list[list[str]]) -> tuple[list[Row], Mapping[str, Any]]:
        today, real, ladder = store.today(found), store.real(found), store.ladder(found)
        outcomes = [(member, _outcome(context, today, real, ladder, member[0])) for member in members]
        return [_row(*each) for each in outcomes], rules.counts_of(outcome for _, outcome in outcomes)

    def put_list(found: Progress, parts: Iterator[list[Row]]) -> Item:
        currency = store.ladder(found).currency
        content = listing(HEADING, ([*row, currency] for rows in parts for row in rows), control=PURCHASES)
        store.WORK.put_object(found.work_id, store.LIST, content)
        return {}

    store.WORK.run(context, message, companies=some_companies, do=simulate_part, finish=put_list)


def _outcome(context: Context, today: date, real: Sequence[Ladder], ladder: Ladder, company_id: str) -> Outcome:
    """Two reads; one more where a ladder has a personal first step."""
    totals = sales.day_totals(context, company_id, rules.reads_from(real, ladder, today), today)
    _, grants = standing_store.load_with_grants(context, company_id)
    personal = any(each.personal for each in (*real, ladder))
    first_purchase = sales.first_purchase(context, company_id) if personal else None
    return rules.simulate(totals, real, ladder, grants, first_purchase, today)


def _row(member: Sequence[str], outcome: Outcome) -> Row:
    company_id, name, inn = member
    return [
        company_id,
        harmless(name),
        harmless(inn),
        outcome.before.tier,
        _percent(outcome.before.discount_percent),
        outcome.after.tier,
        _percent(outcome.after.discount_percent),
        outcome.move,
        f"{outcome.purchases:.2f}",
        f"{outcome.discount_before:.2f}",
        f"{outcome.discount_after:.2f}",
    ]


def _view_of(context: Context, found: Progress) -> SimulationView:
    first, last = rules.months(store.today(found))
    ladder = store.ladder(found)
    return SimulationView(
        **found.facts(context),
        simulation_id=found.work_id,
        ladder_id=ladder.ladder_id,
        version=ladder.version,
        currency=ladder.currency,
        first=first,
        last=last,
        result=_result(found) if found.done else None,
        companies=_list(context, found) if found.done else None,
    )


def _result(found: Progress) -> SimulationResultView:
    """The result, with steps in the order of today's ladder, then those of the other ladder only."""
    today, other = store.today(found), store.ladder(found)
    ladders = ladder_on(store.real(found), today), other
    tiers = dict.fromkeys(step.tier for ladder in ladders for step in (NO_STEP, *ladder.steps_on(today)))
    return SimulationResultView.of(rules.totals_of(found.item, list(tiers)), other.currency)


def _list(context: Context, found: Progress) -> SimulationListView:
    expires_at = context.now + timedelta(seconds=LINK_SECONDS)
    return SimulationListView(url=store.WORK.link(found.work_id, store.LIST), expires_at=expires_at)


def _percent(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
