"""The rhythm of companies: kept up to date, and explained.

    a sale is recorded ──▶ on_sale_recorded   follow: computes RHYTHM from the facts
    04:00              ──▶ nightly_rhythm     sends the companies that are due to the queue; once a month the club begins to learn again
    the rhythm queue   ──▶ decide_rhythm      follow

RHYTHM is always computed as a whole from the day totals, under its version, which is read before the facts. So duplicate, late or reordered
deliveries end in the same rhythm as one computation from scratch, and older facts never replace newer ones. A change of the state is
written in one transaction with its event, and so are the alarm of a big client, once for each silence, and the reminder of the next order, once
for each order.

Weakest point: a company with many sales at once is computed for each batch of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice

from chalicelib import companies, sales, tiers
from chalicelib.companies import company_key
from chalicelib.platform import Club, Context, Language, or_not_found, record_event
from chalicelib.retention.config import Retention
from chalicelib.retention.learning import service as learning
from chalicelib.retention.learning.service import History
from chalicelib.retention.learning.store import Learned
from chalicelib.retention.rhythm.orders.rules import OrderDay
from chalicelib.retention.states import store
from chalicelib.retention.states.events import BIG_CLIENT_QUIET, ORDER_EXPECTED, STATE_CHANGED
from chalicelib.retention.states.rules import Limits, RhythmState, standing_on
from chalicelib.retention.states.schemas import MOST_DAYS, RhythmView, rhythm_view
from chalicelib.retention.states.store import Rhythm
from chalicelib.table import Transaction, retry

MOST_DOCUMENTS = 500  # of the days that are shown


@retry("rhythm", "")
def follow(context: Context, company_id: str) -> None:
    """Compute the rhythm of a company again. Without a change nothing is written. Raises `Busy` while others keep writing it."""
    before = store.load(context, company_id)
    learned = learning.club_rhythm(context)
    history = learning.history(context, company_id, context.today)
    club = learning.rhythm_in(context, history.currency)
    found = standing_on(club, history.orders, context.today.toordinal(), limits(context))
    version = before.version if before else 0
    after = store.rhythm_of(company_id, found, context.today, version)
    if before:
        after = replace(after, alarm_for=before.alarm_for, reminded_for=before.reminded_for)
    if after == before or (before is None and found.state is RhythmState.NO_ORDERS):
        return
    after = replace(after, version=version + 1)
    was = before.state if before else RhythmState.NO_ORDERS
    tx = Transaction()
    if after.state is not was:
        share = _share(context, learned, history, after)
        if share:
            after = replace(after, alarm_for=after.last_order)
            record_event(tx, context, company_key(company_id), BIG_CLIENT_QUIET, **_alarm(after, share))
        record_event(tx, context, company_key(company_id), STATE_CHANGED, **_change(after, was))
    if found.is_to_remind(context.today.toordinal()) and after.reminded_for != after.last_order:
        after = replace(after, reminded_for=after.last_order)
        record_event(tx, context, company_key(company_id), ORDER_EXPECTED, **_reminder(after))
    if not len(tx):
        store.save(context, after)
        return
    store.put(tx, after)
    context.table.commit(tx)


def _reminder(after: Rhythm) -> dict[str, object]:
    days = {"last_order": after.last_order, "first": after.window_from, "last": after.window_to}
    return {"company_id": after.company_id, **{name: day.isoformat() for name, day in days.items() if day}}


def _share(context: Context, learned: Learned, history: History, after: Rhythm) -> Decimal | None:
    """The percentage of the club's turnover, if the company is a big client in its currency whose silence nobody was told of."""
    if after.state not in store.QUIET or after.alarm_for == after.last_order or not learned.turnover:
        return None
    if history.currency != context.config[Club].currency:
        return None
    share = 100 * learning.of_a_year(history.orders, context.today) / learned.turnover
    return share if share >= context.config[Retention].big_client_percent else None


def _alarm(after: Rhythm, share: Decimal) -> dict[str, object]:
    return {
        "company_id": after.company_id,
        "last_order": after.last_order.isoformat() if after.last_order else None,
        "early_warning": after.early_warning,
        "share_percent": min(share, Decimal(100)).quantize(Decimal(1)),
    }


def _change(after: Rhythm, was: RhythmState) -> dict[str, object]:
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


def limits(context: Context) -> Limits:
    config = context.config[Retention]
    return Limits(
        config.at_risk_percent / 100, config.lost_days, config.remind_days_before, config.remind_least_gap_days
    )


def explain(context: Context, company_id: str, as_of: date | None, language: Language) -> RhythmView:
    """The rhythm of a company on a day, by the facts known now. Raises `not_found` for an unknown company."""
    company = or_not_found(companies.read_company(context, company_id))
    day = as_of or context.today
    learned_on = learning.club_rhythm(context).day
    orders, currency = learning.history(context, company_id, day)
    club = learning.rhythm_in(context, currency)
    found = standing_on(club, orders, day.toordinal(), limits(context))
    learned = None if learned_on == date.min else learned_on
    documents = _documents(context, company_id, orders[-MOST_DAYS:], day)
    standing = context.table.get(tiers.standing_key(company_id)) if day == context.today else None
    below = tiers.is_below_lowest(standing, day) if day == context.today else None
    return rhythm_view(
        company_id, day, found, orders, learned, club.horizon, company.currency, language, documents, below
    )


def _documents(context: Context, company_id: str, shown: Sequence[OrderDay], day: date) -> dict[date, list[str]]:
    """The numbers of the documents that are known now, by the day on which they count."""
    found: dict[date, list[str]] = defaultdict(list)
    if shown:
        first = date.fromordinal(shown[0].day)
        for each in islice(sales.current_documents(context, company_id, first, day), MOST_DOCUMENTS):
            found[each.counts_on].append(each.document.title or each.document.number)
    return found
