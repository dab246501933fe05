"""The club learns its rhythm from the order days of its companies, once in four weeks.

    the nightly run  ──▶ start       the work of the day: which companies it learns from, by a hash of their ids
    the rhythm queue ──▶ learn_part  reads the order days of some companies; the last part learns from all of them

All parts ask as of the day on which the work began, and their order days are put together in the order of the companies. So a run that dies
anywhere and goes on, even on another day, learns the same as one that nothing disturbed; until it is done, what was learned before holds.

Weakest point: the fit itself is one piece; where it dies, it begins again from the order days that are read already.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from heapq import nsmallest
from typing import Any, NamedTuple

from chalicelib import companies, sales
from chalicelib.platform import Club, Context, Progress, derived_id, same_currency
from chalicelib.platform.log import log
from chalicelib.retention.config import Retention
from chalicelib.retention.learning import store
from chalicelib.retention.learning.store import WORK, Learned
from chalicelib.retention.rhythm.orders.rules import OrderDay, days_of_totals, with_other_days
from chalicelib.retention.rhythm.rules import ClubRhythm, learn_club
from chalicelib.retention.rhythm.season.rules import YEAR, season_time
from chalicelib.table import Item, Position, Refused, Transaction

MOST_COMPANIES = 5000  # from which a club learns
MOST_YEARS = 5  # of a history; older orders say little of today
LEARN_EVERY = timedelta(days=28)
COMPANIES = 100  # of a page, and about so many of a part: within the minute of a worker, which has other messages, too


class History(NamedTuple):
    """Order days of a company, and the currency of their amounts; empty where there are none."""

    orders: list[OrderDay]
    currency: str


def history(context: Context, company_id: str, today: date) -> History:
    """The order days of a company up to today, at most those of five years, whatever their currency; one query, read consistently."""
    first = today - timedelta(days=366 * MOST_YEARS)
    totals = sales.day_totals(context, company_id, first, today)
    own, *others = (days_of_totals(each.net, each.returned, today) for each in (totals, *totals.other.values()))
    return History(with_other_days(own, others), totals.currency)


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


def rhythm_in(context: Context, currency: str) -> ClubRhythm:
    """The parameters for companies in this currency: sums are compared with those that the club learned in its own currency only."""
    club = club_rhythm(context).club
    return club if currency == context.config[Club].currency else club.of_days_alone()


def of_a_year(orders: list[OrderDay], today: date) -> Decimal:
    """The turnover of the year up to today."""
    since = today.toordinal() - YEAR
    return Decimal(sum(order.amount for order in orders if order.day > since)).quantize(Decimal("0.01"))


# --- learning ---------------------------------------------------------------------------------------------------------


def start(context: Context) -> str | None:
    """Creates the run of today and begins it, where the club has not learned for four weeks; returns its id.

    None where it is not due, or the club has no companies yet. May be repeated at any time.
    """
    if context.today - club_rhythm(context).day < LEARN_EVERY:
        return None
    digests = [_digest(each) for each in _companies_in_currency(context)]
    if not digests:
        return None
    learning_id = derived_id("lrn", context.today.isoformat())
    facts = {
        "day": context.today.isoformat(),
        "companies": len(digests),
        "up_to": nsmallest(MOST_COMPANIES, digests)[-1],
    }
    tx = Transaction()
    WORK.create(tx, context, learning_id, "nightly_rhythm", facts)
    with suppress(Refused):  # it was created before
        context.table.commit(tx)
    WORK.announce(learning_id, 1)
    return learning_id


def learn_part(context: Context, message: dict[str, Any]) -> None:
    """Reads the order days of the companies of the part in the message; the last part learns from those of all parts."""
    currency = context.config[Club].currency

    def chosen(found: Progress, after: Position) -> tuple[list[str], Position]:
        several: list[str] = []
        while True:
            page, after = companies.some_companies(context, COMPANIES, after)
            ids = (each.company_id for each in page if each.currency == currency)
            several += [each for each in ids if _digest(each) <= found.item["up_to"]]
            if after is None or len(several) >= COMPANIES:
                return several, after

    def read(found: Progress, ids: list[str]) -> tuple[list[list[OrderDay]], Mapping[str, Any]]:
        day = date.fromisoformat(found.item["day"])
        return [orders for each in ids if (orders := in_currency(history(context, each, day)))], {}

    def in_currency(known: History) -> list[OrderDay]:
        same_currency(known.currency or currency, currency)
        return known.orders

    def learn(found: Progress, parts: Iterator[list[list[list[Any]]]]) -> Item:
        day = date.fromisoformat(found.item["day"])
        histories = [[OrderDay(*each) for each in orders] for part in parts for orders in part]
        club = learn_club(histories, day.toordinal(), context.config[Retention].horizon_days)
        every, chosen_ones = found.count("companies"), max(found.count("companies_found"), 1)
        turnover = sum((of_a_year(orders, day) for orders in histories), Decimal(0)) * every / chosen_ones
        with_orders = len(histories) * every // chosen_ones
        store.put_club(context, Learned(club, day, turnover.quantize(Decimal("0.01")), with_orders))
        log.info("club rhythm learned", extra={"companies": len(histories), "model": club.model._asdict()})
        return {"learned_from": len(histories)}

    WORK.run(context, message, companies=chosen, do=read, finish=learn)


def _digest(company_id: str) -> str:
    return sha256(company_id.encode()).hexdigest()


def _companies_in_currency(context: Context) -> Iterator[str]:
    after = None
    while True:
        found, after = companies.some_companies(context, COMPANIES, after)
        yield from (each.company_id for each in found if each.currency == context.config[Club].currency)
        if after is None:
            return
