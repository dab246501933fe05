"""Balances, postings and statements of a company."""

from datetime import date, datetime, time
from typing import NamedTuple

from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.ledger import service, store
from chalicelib.bonuses.ledger.rules import ZERO, Balances, Posting
from chalicelib.bonuses.ledger.schemas import BonusesView
from chalicelib.platform import Club, Context, Problem, clock
from chalicelib.table import Position, from_item

NOTHING = Balances(*[ZERO] * len(Balances._fields))


class Statement(NamedTuple):
    """A month's statement, or a page of it."""

    month: str
    currency: str
    complete: bool
    opening: Balances
    closing: Balances
    postings: list[Posting]
    last: Position


def bonuses(context: Context, company_id: str) -> BonusesView:
    """Bonuses as of today, also before the nightly run has posted the expiries. One call. Raises 404."""
    book = service.book(context, company_id)
    minimum = context.config[Bonuses].limits_in(book.currency).redemption_minimum
    return BonusesView.of(book, max(context.today, book.day), minimum)


def statement(context: Context, company_id: str, month: str | None, limit: int, after: Position) -> Statement:
    """The postings recorded in this month of the club's calendar. Raises 404, and 422 for a month that has not begun.

    Four calls at most: the balances before and after, a page of postings, and the currency of a company without any.
    """
    first = date.fromisoformat(f"{month}-01") if month else context.today.replace(day=1)
    if first > context.today:
        raise Problem.invalid("in_future", "/query/month", f"This is still to come: today is {context.today}.")
    until = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begins, ends = _begins(context, first), _begins(context, until)
    opening = store.last_before(context.table, company_id, begins)
    page = store.postings_between(context.table, company_id, begins, ends, limit, after)
    found = [from_item(Posting, item) for item in page.items]
    # The last line holds the closing balances: so a posting of this very moment is in both or in neither.
    closing = found[-1] if found and page.last is None else store.last_before(context.table, company_id, ends)
    return Statement(
        month=f"{first:%Y-%m}",
        currency=closing.currency if closing else service.book(context, company_id).currency,
        complete=until <= context.today,
        opening=opening.balances if opening else NOTHING,
        closing=closing.balances if closing else NOTHING,
        postings=found,
        last=page.last,
    )


def _begins(context: Context, day: date) -> str:
    """The stored moment at which this day begins in the club."""
    return clock.stamp(datetime.combine(day, time.min, context.config[Club].zone))
