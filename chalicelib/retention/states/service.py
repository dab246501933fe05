"""The rhythm of companies: kept up to date, explained, and learned anew.

    a sale is recorded ──▶ on_sale_recorded   follow: computes RHYTHM from the facts
    04:00              ──▶ nightly_rhythm     sends the companies that are due to the queue; once a month the club learns anew first
    the rhythm queue   ──▶ decide_rhythm      follow

RHYTHM is always computed as a whole from the day totals, under its version, which is read before the facts. So duplicate, late or reordered
deliveries end in the same rhythm as one computation from scratch, and older facts never replace newer ones. A change of the state is
written in one transaction with its event, and so are the alarm of a big client, once for each silence, and the reminder of the next order, once
for each order.

Weakest point: a company with many sales at once is computed for each batch of them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from heapq import nsmallest

from chalicelib import companies, sales
from chalicelib.companies import company_key
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.events import record
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.log import log
from chalicelib.platform.text import Language
from chalicelib.retention.config import Retention
from chalicelib.retention.rhythm.orders.rules import OrderDay, days_of_totals
from chalicelib.retention.rhythm.rules import ClubRhythm, learn_club
from chalicelib.retention.rhythm.season.rules import YEAR, season_time
from chalicelib.retention.states import store
from chalicelib.retention.states.events import BIG_CLIENT_QUIET, ORDER_EXPECTED, STATE_CHANGED
from chalicelib.retention.states.rules import Limits, State, standing_on
from chalicelib.retention.states.schemas import RhythmView, rhythm_view
from chalicelib.retention.states.store import Learned, Rhythm
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Transaction

MOST_COMPANIES = 5000  # from which a club learns
MOST_YEARS = 5  # of a history; older orders say little of today
LEARN_EVERY = timedelta(days=28)
COMPANIES_A_PAGE = 250


@retry("rhythm", "")
def follow(context: Context, company_id: str) -> None:
    """Compute the rhythm of a company anew. Without a change nothing is written. Raises `Busy` while others keep writing it."""
    before = store.load(context, company_id)
    learned = club_rhythm(context)
    orders = order_days(context, company_id, context.today)
    found = standing_on(learned.club, orders, context.today.toordinal(), limits(context))
    version = before.version if before else 0
    after = store.rhythm_of(company_id, found, context.today, version)
    if before:
        after = replace(after, alarm_for=before.alarm_for, reminded_for=before.reminded_for)
    if after == before or (before is None and found.state is State.NO_ORDERS):
        return
    after = replace(after, version=version + 1)
    was = before.state if before else State.NO_ORDERS
    tx = Transaction()
    if after.state is not was:
        share = _share(context, learned, company_id, orders, after)
        if share:
            after = replace(after, alarm_for=after.last_order)
            record(tx, context, company_key(company_id), BIG_CLIENT_QUIET, **_alarm(after, share))
        record(tx, context, company_key(company_id), STATE_CHANGED, **_change(after, was))
    if found.is_to_remind(context.today.toordinal()) and after.reminded_for != after.last_order:
        after = replace(after, reminded_for=after.last_order)
        record(tx, context, company_key(company_id), ORDER_EXPECTED, **_reminder(after))
    if not len(tx):
        store.save(context, after)
        return
    store.put(tx, after)
    context.table.commit(tx)


def _reminder(after: Rhythm) -> dict[str, object]:
    days = {"last_order": after.last_order, "first": after.window_from, "last": after.window_to}
    return {"company_id": after.company_id, **{name: day.isoformat() for name, day in days.items() if day}}


def _share(
    context: Context, learned: Learned, company_id: str, orders: list[OrderDay], after: Rhythm
) -> Decimal | None:
    """The percentage of the club's turnover, if the company is a big client whose silence nobody was told of; one read more."""
    if after.state not in store.QUIET or after.alarm_for == after.last_order or not learned.turnover:
        return None
    share = 100 * _of_a_year(orders, context.today) / learned.turnover
    if share < context.config[Retention].big_client_percent:
        return None
    company = companies.read_company(context, company_id)
    return share if company and company.currency == context.config[Club].currency else None


def _of_a_year(orders: list[OrderDay], today: date) -> Decimal:
    since = today.toordinal() - YEAR
    return Decimal(sum(order.amount for order in orders if order.day > since)).quantize(Decimal("0.01"))


def _alarm(after: Rhythm, share: Decimal) -> dict[str, object]:
    return {
        "company_id": after.company_id,
        "last_order": after.last_order.isoformat() if after.last_order else None,
        "early_warning": after.early_warning,
        "share_percent": min(share, Decimal(100)).quantize(Decimal(1)),
    }


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


def order_days(context: Context, company_id: str, today: date, currency: str | None = None) -> list[OrderDay]:
    """The order days of a company up to today, at most those of five years; one query, read consistently.

    `currency`: of sums that they are added to. Raises `MixedCurrencies` if they are in another one.
    """
    first = today - timedelta(days=366 * MOST_YEARS)
    totals = sales.day_totals(context, company_id, first, today)
    if currency:
        totals.within(currency)
    return days_of_totals(totals.net, totals.returned, today)


def limits(context: Context) -> Limits:
    config = context.config[Retention]
    return Limits(
        config.at_risk_percent / 100, config.lost_days, config.remind_days_before, config.remind_least_gap_days
    )


def club_rhythm(context: Context) -> Learned:
    """The parameters that the club learned; the defaults, learned on the first day of all, before it has. Read once for the whole of a piece of work."""
    memo = context.memo.get("club_rhythm")
    if memo is None:
        horizon = context.config[Retention].horizon_days
        memo = store.load_club(context)
        if memo is None or memo.club.horizon != horizon:
            memo = Learned(ClubRhythm(season_time({}, context.today.toordinal()), horizon), date.min, Decimal(0))
        context.memo["club_rhythm"] = memo
    learned: Learned = memo
    return learned


def explain(context: Context, company_id: str, as_of: date | None, language: Language) -> RhythmView:
    """The rhythm of a company on a day, by the facts known now. Raises `not_found` for an unknown company."""
    company = companies.read_company(context, company_id)
    if company is None:
        raise Problem("not_found")
    day = as_of or context.today
    club, learned_on, *_ = club_rhythm(context)
    orders = order_days(context, company_id, day)
    found = standing_on(club, orders, day.toordinal(), limits(context))
    learned = None if learned_on == date.min else learned_on
    return rhythm_view(company_id, day, found, orders, learned, club.horizon, company.currency, language)


# --- learning ---------------------------------------------------------------------------------------------------------


def learn(context: Context) -> int:
    """The club learns from at most 5,000 companies in its currency, chosen by a hash of their ids; returns the number of those with orders.

    May be repeated at any time.
    """
    ids = list(_companies_in_currency(context))
    chosen = nsmallest(MOST_COMPANIES, ids, key=lambda each: sha256(each.encode()).digest())
    currency = context.config[Club].currency
    histories = [found for each in chosen if (found := order_days(context, each, context.today, currency))]
    club = learn_club(histories, context.today.toordinal(), context.config[Retention].horizon_days)
    of_chosen = sum((_of_a_year(orders, context.today) for orders in histories), Decimal(0))
    turnover = of_chosen * len(ids) / max(len(chosen), 1)
    with_orders = len(histories) * len(ids) // max(len(chosen), 1)
    store.put_club(context, club, companies=with_orders, turnover=turnover.quantize(Decimal("0.01")))
    log.info("club rhythm learned", extra={"companies": len(histories), "model": club.model._asdict()})
    return len(histories)


def _companies_in_currency(context: Context) -> Iterator[str]:
    after = None
    while True:
        found, after = companies.some_companies(context, COMPANIES_A_PAGE, after)
        yield from (each.company_id for each in found if each.currency == context.config[Club].currency)
        if after is None:
            return


def is_due(context: Context) -> bool:
    """True when the club has not learned for four weeks, or never."""
    return context.today - club_rhythm(context).day >= LEARN_EVERY
