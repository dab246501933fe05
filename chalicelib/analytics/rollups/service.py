"""Folding of months.

    a sale is recorded ──on_sale_recorded──▶ mark the month, and a message ──follow──▶ fold the month's documents, write rows and totals
    no message came    ──nightly_rollups──▶ a message for each month that is marked and not folded
    a new definition, or a changed catalogue ──rebuild──▶ build: the same fold for every month of every company, beside the old months

A fold includes every fact that was written before the marks that it read, and is written unless one with more marks lies there. So
duplicates, reordered and lost messages, two workers at once and a rebuild in the midst of traffic end in the same rollup.

A company's first message builds all its months, and its mark BUILT says so. Readers of a company without the mark of this definition get
the months of the definition before.

Weakest point: a company's first message reads its whole history in one run of a worker, which has a minute.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import partial
from typing import Any

from chalicelib import bonuses, companies
from chalicelib.analytics.rollups import store
from chalicelib.analytics.rollups.model import AnnouncedTier, Bonuses, Built, Month
from chalicelib.analytics.rollups.purchases import purchases_between
from chalicelib.analytics.rollups.rules import Purchase, fold, last_day, month_of, plus
from chalicelib.analytics.rollups.schemas import RebuildView
from chalicelib.platform import Club, Context, Progress, clock, jobs, or_not_found, queue_url
from chalicelib.table import Position, Transaction

COMPANIES = 10  # of one part of a rebuild


def mark(context: Context, company_id: str, months: Iterable[date]) -> None:
    """Marks these months and asks for their folds. A write for each month and a message."""
    marked = sorted(set(months))
    for month in marked:
        store.mark(context.table, company_id, month)
    jobs.send_bodies(queue_url("rollups"), [_body(company_id, marked)])


def send_stale(context: Context) -> int:
    """Asks again for the folds that no message led to; counts them."""
    return jobs.send_bodies(
        queue_url("rollups"), (_body(company, [month]) for company, month in store.stale_months(context.table))
    )


def _body(company_id: str, months: Iterable[date]) -> dict[str, Any]:
    return {"company_id": company_id, "months": [month.isoformat() for month in months]}


def follow(context: Context, company_id: str, months: Iterable[date]) -> None:
    """Folds those of these months that are stale; all months of a company that is not built yet."""
    built, found = store.read_months(context.table, company_id, months)
    if built is None:
        build(context, company_id)
        return
    for month in found:
        if month.is_stale:
            purchases = purchases_between(context, company_id, month.month, last_day(month.month))
            _write(context, month, next((found for _, found in purchases), []))


def build(context: Context, company_id: str) -> None:
    """Folds all months of the company, whether they are stale or not."""
    company = companies.read_company(context, company_id)
    marked = store.marked_months(context.table, company_id)
    empty = set(marked)
    for month, purchases in purchases_between(context, company_id, date.min, date.max):
        _write(context, marked.get(month, Month(company_id, month)), purchases)
        empty.discard(month)
    for month in sorted(empty):
        _write(context, marked[month], [])
    _note_past_bonuses(context, company_id)
    currency = company.currency if company else context.config[Club].currency
    store.put_built(context.table, company_id, Built(context.at, currency))
    store.delete_others(context.table, company_id)


def _write(context: Context, month: Month, purchases: Iterable[Purchase]) -> None:
    rollup = fold(purchases)
    folded = Month(month.company_id, month.month, month.marks, month.marks, context.at, rollup.totals)
    store.write_rows(context.table, folded, rollup.rows)
    store.write_month(context.table, folded)


# --- bonuses and tiers ------------------------------------------------------------------------------------------------


def note_bonuses(context: Context, posting: Mapping[str, Any]) -> None:
    """Keeps the balances after a posting as those of its month. `posting`: the event `bonus.posted`."""
    month = month_of(clock.local_day(clock.moment(posting["at"]), context.config[Club].zone))
    store.write_bonuses(
        context.table,
        posting["company_id"],
        _bonuses(month, posting["currency"], posting["sequence"], posting["balances"]),
    )


def _bonuses(month: date, currency: str, sequence: int, balances: Mapping[str, Any]) -> Bonuses:
    names = ("redeemed", "expired", "available", "pending")
    return Bonuses(
        month, currency, int(sequence), issued=-balances["issued"], **{name: balances[name] for name in names}
    )


def _note_past_bonuses(context: Context, company_id: str) -> None:
    """The balances at the end of each month with postings; a read for each."""
    until = plus(month_of(context.today), 1)
    while posting := bonuses.last_posting_before(context, company_id, _begins(context, until)):
        until = month_of(clock.local_day(clock.moment(posting.at), context.config[Club].zone))
        balances = posting.balances._asdict()
        store.write_bonuses(context.table, company_id, _bonuses(until, posting.currency, posting.sequence, balances))


def _begins(context: Context, day: date) -> str:
    return clock.stamp(datetime.combine(day, time.min, context.config[Club].zone))


def note_tier(context: Context, change: Mapping[str, Any]) -> None:
    """Keeps an announced tier. `change`: the event `tier.changed`."""
    tier = AnnouncedTier(date.fromisoformat(change["day"]), change["at"], **change["tier"])
    store.write_tier(context.table, change["company_id"], tier)


# --- rebuilds ---------------------------------------------------------------------------------------------------------


def start_rebuild(context: Context, author: str) -> RebuildView:
    tx = Transaction()
    made = store.create_rebuild(tx, context, context.new_id("reb"), author)
    return context.commit(tx, _view_of(context, made))


def rebuilds(context: Context, limit: int, after: Position) -> tuple[list[RebuildView], Position]:
    """Newest first. One call."""
    items, last = store.REBUILD.page(context.table, limit, after)
    return [_view_of(context, Progress(item["rebuild_id"], item)) for item in items], last


def show_rebuild(context: Context, rebuild_id: str) -> RebuildView:
    """Raises `not_found`."""
    found = or_not_found(store.REBUILD.load(context, rebuild_id))
    return _view_of(context, found)


def _view_of(context: Context, found: Progress) -> RebuildView:
    return RebuildView(**found.facts(context), rebuild_id=found.work_id, definition=found.count("definition"))


def rebuild_part(context: Context, message: dict[str, Any]) -> None:
    """Builds the companies of the part in the message. Those that fail come again with it."""

    def some_companies(found: Progress, after: Position) -> tuple[list[str], Position]:
        page, following = companies.some_companies(context, COMPANIES, after)
        return [each.company_id for each in page], following

    def build_companies(found: Progress, company_ids: list[str]) -> tuple[list[str], Mapping[str, Any]]:
        jobs.each_company(company_ids, partial(build, context), "rollups not built")
        return [], {}

    store.REBUILD.run(context, message, companies=some_companies, do=build_companies, finish=lambda found, rows: {})
