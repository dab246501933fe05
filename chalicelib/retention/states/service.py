"""The rhythm of companies: kept up to date, explained, and learned anew.

    a sale is recorded ──▶ on_sale_recorded   follow: computes RHYTHM from the facts
    04:00              ──▶ nightly_rhythm     sends the companies that are due to the queue; once a month the club learns anew first
    the rhythm queue   ──▶ decide_rhythm      follow

RHYTHM is always computed as a whole from the day totals, under its version, which is read before the facts. So duplicate, late or reordered
deliveries end in the same rhythm as one computation from scratch, and older facts never replace newer ones. A change of the state is
written in one transaction with its event.

Weakest point: a company with many sales at once is computed for each batch of them.
"""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from heapq import nsmallest

from chalicelib import companies, sales
from chalicelib.companies import company_key
from chalicelib.platform.context import Context
from chalicelib.platform.events import record
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.log import log
from chalicelib.platform.text import Language
from chalicelib.retention.config import Retention
from chalicelib.retention.rhythm.orders.rules import OrderDay, days_of_totals
from chalicelib.retention.rhythm.rules import ClubRhythm, learn_club
from chalicelib.retention.rhythm.season.rules import season_time
from chalicelib.retention.states import store
from chalicelib.retention.states.events import STATE_CHANGED
from chalicelib.retention.states.rules import Limits, State, standing_on
from chalicelib.retention.states.schemas import RhythmView, rhythm_view
from chalicelib.retention.states.store import Rhythm
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Transaction

MOST_COMPANIES = 5000  # from which a club learns
MOST_YEARS = 5  # of a history; older orders say little of today
LEARN_EVERY = timedelta(days=28)


@retry("rhythm", "")
def follow(context: Context, company_id: str) -> None:
    """Compute the rhythm of a company anew. Without a change nothing is written. Raises `Busy` while others keep writing it."""
    before = store.load(context, company_id)
    club, _ = club_rhythm(context)
    found = standing_on(
        club, order_days(context, company_id, context.today), context.today.toordinal(), limits(context)
    )
    version = before.version if before else 0
    after = store.rhythm_of(company_id, found, context.today, version)
    if after == before or (before is None and found.state is State.NO_ORDERS):
        return
    after = replace(after, version=version + 1)
    was = before.state if before else State.NO_ORDERS
    if after.state is was:
        store.save(context, after)
        return
    tx = Transaction()
    store.put(tx, after)
    record(tx, context, company_key(company_id), STATE_CHANGED, **_change(after, was))
    context.table.commit(tx)


def _change(after: Rhythm, was: State) -> dict[str, object]:
    facts = {
        "company_id": after.company_id,
        "state": after.state.value,
        "was": was.value,
        "since": after.since.isoformat(),
        "day": after.day.isoformat(),
        "last_order": after.last_order.isoformat() if after.last_order else None,
        "no_order": after.no_order,
        "early_warning": after.early_warning,
    }
    return {name: value for name, value in facts.items() if value is not None}


def order_days(context: Context, company_id: str, today: date) -> list[OrderDay]:
    """The order days of a company up to today, at most those of five years; one query, read consistently."""
    first = today - timedelta(days=366 * MOST_YEARS)
    totals = sales.day_totals(context, company_id, first, today)
    return days_of_totals(totals.net, totals.returned, today)


def limits(context: Context) -> Limits:
    config = context.config[Retention]
    return Limits(config.at_risk_percent / 100, config.lost_days)


def club_rhythm(context: Context) -> tuple[ClubRhythm, date | None]:
    """What the club learned, and when; the defaults before it has. Read once for the whole of a piece of work."""
    memo = context.memo.get("club_rhythm")
    if memo is None:
        horizon = context.config[Retention].horizon_days
        found = store.load_club(context)
        if found and found[0].horizon == horizon:
            memo = found
        else:
            memo = ClubRhythm(season_time({}, context.today.toordinal()), horizon), None
        context.memo["club_rhythm"] = memo
    learned: tuple[ClubRhythm, date | None] = memo
    return learned


def explain(context: Context, company_id: str, as_of: date | None, language: Language) -> RhythmView:
    """The rhythm of a company on a day, by the facts known now. Raises `not_found` for an unknown company."""
    company = companies.read_company(context, company_id)
    if company is None:
        raise Problem("not_found")
    day = as_of or context.today
    club, learned = club_rhythm(context)
    orders = order_days(context, company_id, day)
    found = standing_on(club, orders, day.toordinal(), limits(context))
    return rhythm_view(company_id, day, found, orders, learned, club.horizon, company.currency, language)


# --- learning ---------------------------------------------------------------------------------------------------------


def learn(context: Context) -> int:
    """The club learns from at most 5,000 companies, chosen by a hash of their ids; returns their number. May be repeated at any time."""
    chosen = nsmallest(
        MOST_COMPANIES, companies.every_company(context), key=lambda each: sha256(each.encode()).digest()
    )
    histories = [found for each in chosen if (found := order_days(context, each, context.today))]
    club = learn_club(histories, context.today.toordinal(), context.config[Retention].horizon_days)
    store.put_club(context, club, len(histories))
    log.info("club rhythm learned", extra={"companies": len(histories), "model": club.model._asdict()})
    return len(histories)


def is_due(context: Context) -> bool:
    """True when the club has not learned for four weeks, or never."""
    _, learned = club_rhythm(context)
    return learned is None or context.today - learned >= LEARN_EVERY
