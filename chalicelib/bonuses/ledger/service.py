"""Changes of a company's book. All of them go through `change`.

A change is a pure function from book to book. One transaction writes the book under its version, the difference of the balances as a
posting whose entries sum to zero, the mark of the cause, and the caller's own writes. So a book is the sum of its postings at every
moment, under concurrent writers and after any crash.

Expiries since the last posting are posted first, each on its own, so that a posting holds only the effect of its own cause.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib import companies
from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.ledger import notices, rules, store
from chalicelib.bonuses.ledger.rules import DAY, Book, Cause, Expiry, Posting
from chalicelib.platform import Context, derived_id, or_not_found, same_currency
from chalicelib.table import CONTESTED, Busy, Item, Overtaken, Refused, Transaction, retry

Alter = Callable[[Book], Book]
"""The change. Called again with a newer book after a concurrent write. May raise a `Problem`."""

Notify = Callable[[Transaction, Book], None]
"""Adds the events of the book's letters, up to its day, to the transaction. Each is added once: the book keeps the day."""

Also = Callable[[Transaction, Book, Book], None]
"""Adds the caller's writes to the transaction, given the book before (expiries posted) and after the change."""


class Posted(NamedTuple):
    """The posting of a cause; None if it moved nothing. `again`: the cause was posted before, and nothing was written now."""

    posting: Posting | None
    again: bool


class _Draft:
    """The book and the postings of one attempt."""

    def __init__(self, context: Context, before: Book) -> None:
        self.before = self.book = before
        self.policy = notice_policy(context)
        # Neither the day nor the moment of a posting goes back, whatever the clocks of two writers say.
        self.day = max(context.today, before.day)
        self.at = max(context.at, before.at)
        self.postings: list[Posting] = []

    def post(self, cause: Cause, after: Book, day: date) -> Posting | None:
        """Adds the posting that leads to `after` on this day; None if no balance moves."""
        entries = rules.difference(self.book, after, self.book.day, day)
        sequence = self.before.sequence + len(self.postings) + (1 if entries else 0)
        self.book = replace(after, day=day, at=self.at, sequence=sequence)
        if not entries:
            return None
        posting = Posting(
            posting_id=posting_id(after.company_id, cause),
            company_id=after.company_id,
            currency=after.currency,
            at=self.at,
            day=day,
            sequence=sequence,
            cause=cause,
            entries=entries,
            balances=rules.balances(after, day),
        )
        self.postings.append(posting)
        return posting

    def post_expiries(self) -> None:
        for expires_on in rules.expired_between(self.book, self.book.day, self.day):
            self.post(Cause("expiry", (expires_on.isoformat(),)), self.book, expires_on + DAY)
        self.book = notices.mark_if_none_due(replace(self.book, day=self.day), self.day, self.policy)

    def due(self) -> date | None:
        """The day of the next expiry, or of the next letter."""
        expiry = rules.next_expiry(self.book, self.book.day)
        days = [expiry + DAY] if expiry else []
        return min([*days, *filter(None, [notices.next_day(self.book, self.policy)])], default=None)


def posting_id(company_id: str, cause: Cause) -> str:
    """The id of the posting of this cause: known in advance, the same for ever."""
    return derived_id("pst", company_id, cause.kind, *cause.key)


@retry(store.BOOK, most=CONTESTED)
def change(
    context: Context, company_id: str, currency: str, cause: Cause, alter: Alter, also: Also | None = None
) -> Posted:
    """Changes the company's book and posts the difference, once for this cause. One read and one transaction.

    `currency`: of the amounts of the change. Raises `MixedCurrencies` if the book is in another one.

    If no balance moves, only the writes of `also` are made, with the mark of the cause; without `also`, none.
    Raises what `alter` raises, unless the cause was posted before; `Refused` when a condition that `also` set does not hold; `Busy`;
    404 for a company that is not there.
    """
    named = posting_id(company_id, cause)
    draft = _draft(context, company_id)
    before = draft.book
    same_currency(before.currency, currency)
    try:
        altered = alter(before)
    except Exception:
        # The first attempt may have caused the error of the repeat.
        if (first := store.posted(context.table, company_id, named))[0]:
            return Posted(first[1], again=True)
        raise
    posting = draft.post(cause, altered, draft.day)
    if not context.config[Bonuses].negative_balance:
        draft.post(Cause("write_off", (named,), reverses=named), rules.forgive(draft.book), draft.day)
    tx = Transaction()
    if also:
        also(tx, before, draft.book)
    if posting is None and (len(tx) or altered != before):
        store.create_cause(tx, company_id, named, cause, None)
    try:
        _write(context, draft, tx)
    except Refused as refused:
        ours = refused.items.keys() <= {store.BOOK, store.POSTED}
        if ours and store.POSTED in refused and (first := store.posted(context.table, company_id, named))[0]:
            return Posted(first[1], again=True)
        raise
    return Posted(posting, again=False)


@retry(store.BOOK, most=CONTESTED)
def pass_day(context: Context, company_id: str, notify: Notify) -> list[Posting]:
    """Posts the expiries until today and records the letters that are due; returns the new postings.

    One read, and one transaction unless today was passed before.
    """
    draft = _draft(context, company_id)
    tx = Transaction()
    notify(tx, draft.book)
    draft.book = notices.mark_handled(draft.book, draft.day)
    _write(context, draft, tx, anyway=notices.handled_until(draft.before) < draft.day)
    return draft.postings


def notice_policy(context: Context) -> notices.NoticePolicy:
    figures = context.config[Bonuses].reminders
    return notices.NoticePolicy(tuple(figures.warning_days), figures.every_months, frozenset(figures.weekdays))


def expires_on(context: Context, day: date) -> date:
    """The last day to spend a credit of this day, by the club's policy."""
    figures = context.config[Bonuses].expiry
    month, on_day = map(int, figures.date.split("-")) if figures.date else (0, 0)
    return rules.expiry(Expiry(figures.every, figures.count, month, on_day), day)


def book(context: Context, company_id: str) -> Book:
    """The company's book as of a moment ago. One call; two for a company that never had bonuses. Raises 404."""
    return store.read_book(context.table, company_id) or _new_book(context, company_id)


def _draft(context: Context, company_id: str) -> _Draft:
    """A draft on the newest book, with the expiries since its last posting."""
    draft = _Draft(
        context, store.read_book(context.table, company_id, consistent=True) or _new_book(context, company_id)
    )
    draft.post_expiries()
    return draft


def _new_book(context: Context, company_id: str) -> Book:
    company = or_not_found(companies.read_company(context, company_id))
    return Book(company_id, company.currency, day=context.today)


def _write(context: Context, draft: _Draft, tx: Transaction, *, anyway: bool = False) -> None:
    """Writes the book if something in it moved, or if `anyway`. Raises `Refused` or `Overtaken` after a concurrent write."""
    for posting in draft.postings:
        store.create_posting(tx, posting)
    before = draft.before
    unposted = replace(
        draft.book,
        day=before.day,
        at=before.at,
        sequence=before.sequence,
        version=before.version,
        notices=before.notices,
    )
    if anyway or draft.postings or unposted != before:
        store.write_book(tx, before, replace(draft.book, version=before.version + 1), draft.due())
    try:
        context.table.commit(tx)
    except Busy:
        raise Overtaken from None


def every_posting(context: Context, company_id: str) -> Iterator[Posting]:
    """All postings of this company, oldest first, page after page: for work in the background."""
    return store.postings_from(context.table, company_id, "", 0)


def last_posting_before(context: Context, company_id: str, until: str) -> Posting | None:
    """The newest posting of the company's ledger before this moment; one read, consistent."""
    return store.last_before(context.table, company_id, until, consistent=True)


def usable(item: Item | None, day: date) -> Decimal:
    """The bonuses that can be spent on this day, by the item of the book; 0 without one."""
    return rules.balances(store.book_of(item), day).available if item else Decimal(0)
