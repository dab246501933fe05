"""The audit of a company's book against its postings. Pure: no clock, no table.

An audit takes the postings since the last audited one (its checkpoint), or all of them, and the book. It checks that

    each posting's entries sum to zero, and lead from the balances before it to its own balances
    the postings are numbered without a gap or a double, no moment goes back, and each id is that of its cause
    each cause was posted once: its mark names this very posting
    on every account, and in every lot, the entries sum to the amount in the book

Each check stands by itself, so one fault does not hide or cause others. A mismatch names the account.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.bonuses.ledger.rules import ZERO, AccountLot, Balances, Book, Posting, details

LEDGER = "ledger"  # stands for an account where a posting itself is wrong

Fault = Literal[
    "entries_not_zero",  # the entries of a posting do not sum to zero
    "balances_do_not_follow",  # its balances are not those before it and its entries
    "posting_missing",  # there is none of its number, or the audited one has changed
    "posting_doubled",  # its number is there twice, out of order, or beyond the book's
    "cause_doubled",  # its id is not that of its cause, or the mark of its cause names another posting
    "book_differs",  # the book differs from the entries of the account
    "lot_differs",  # … of the lot
    "unreadable",  # the book or a posting cannot be read
]


class Mismatch(NamedTuple):
    """An account that does not balance. `where`: the posting's id or number, or the lot's day."""

    account: str
    fault: Fault
    where: str
    expected: Decimal | None = None
    found: Decimal | None = None


class AuditedPosting(NamedTuple):
    """A posting, the id by its cause (`named`), and the posting number in the mark of its cause (`marked`; None without one)."""

    posting: Posting
    named: str
    marked: int | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Amounts of a company's ledger up to an audited posting. `at`, `sequence`: of that posting; 0 before the first.

    `wrong`: accounts that did not balance in the last audit.
    """

    company_id: str
    currency: str
    sequence: int = 0
    at: str = ""
    places: Mapping[AccountLot, Decimal] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    version: int = 0

    @property
    def balances(self) -> Balances:
        return _by_account(self.places)


def check_postings(
    known: Checkpoint, last: Posting | None, postings: Sequence[AuditedPosting], newest: int
) -> Iterator[Mismatch]:
    """`last`: the present posting of the checkpoint; `postings`: the postings after it, oldest first; `newest`: the book's number."""
    yield from _chain(known, last, postings, newest)
    yield from _causes(postings)
    before, number = known.balances, known.sequence
    for posting, *_ in postings:
        yield from _entries(posting, before if posting.sequence == number + 1 else None)
        before, number = posting.balances, posting.sequence


def check_book(places: Mapping[AccountLot, Decimal], book: Book) -> Iterator[Mismatch]:
    """`places`: the sums of the entries."""
    says = dict(details(book, book.day))
    for account, entered, found in zip(Balances._fields, _by_account(places), _by_account(says), strict=True):
        if entered != found:
            yield Mismatch(account, "book_differs", "", entered, found)
    for account, lot in sorted({*places, *says}, key=str):
        entered, found = places.get((account, lot), ZERO), says.get((account, lot), ZERO)
        if lot and entered != found:
            yield Mismatch(account, "lot_differs", f"{lot}", entered, found)
    for expires_on, each in book.lots.items():
        if any(amount < 0 for amount in each.spent.values()):
            yield Mismatch("available", "lot_differs", f"{expires_on}", ZERO, min(each.spent.values()))


def places_after(known: Checkpoint, postings: Iterable[AuditedPosting]) -> dict[AccountLot, Decimal]:
    """Amounts by account and lot after these postings, without zeros."""
    entries = (entry for posting, *_ in postings for entry in posting.entries)
    summed = _summed([*known.places.items(), *(((entry.account, entry.lot), entry.amount) for entry in entries)])
    return {place: amount for place, amount in summed.items() if amount}


def checkpoint(known: Checkpoint, postings: Sequence[AuditedPosting], book: Book) -> Checkpoint:
    """The next checkpoint, of a book that balances."""
    return replace(
        known,
        currency=book.currency,
        sequence=book.sequence,
        at=postings[-1].posting.at if postings else known.at,
        places=places_after(known, postings),
        wrong=(),
    )


def _chain(
    known: Checkpoint, last: Posting | None, postings: Sequence[AuditedPosting], newest: int
) -> Iterator[Mismatch]:
    if known.sequence and (last is None or last.balances != known.balances):
        yield Mismatch(LEDGER, "posting_missing", f"#{known.sequence}")
    numbers = {posting.sequence for posting, *_ in postings}
    for number in range(known.sequence + 1, newest + 1):
        if number not in numbers:
            yield Mismatch(LEDGER, "posting_missing", f"#{number}")
    highest = known.sequence
    for posting, *_ in postings:
        if not highest < posting.sequence <= newest:
            yield Mismatch(LEDGER, "posting_doubled", posting.posting_id)
        highest = max(highest, posting.sequence)


def _causes(postings: Iterable[AuditedPosting]) -> Iterator[Mismatch]:
    for posting, named, marked in postings:
        if (named, marked) != (posting.posting_id, posting.sequence):
            yield Mismatch(LEDGER, "cause_doubled", posting.posting_id)


def _entries(posting: Posting, before: Balances | None) -> Iterator[Mismatch]:
    """`before`: the balances before it; None if the posting before it is unknown."""
    total = sum((entry.amount for entry in posting.entries), ZERO)
    if total:
        yield Mismatch(LEDGER, "entries_not_zero", posting.posting_id, ZERO, total)
    if before is None:
        return
    moved = _by_account(_summed(((entry.account, entry.lot), entry.amount) for entry in posting.entries))
    for account, was, by, says in zip(Balances._fields, before, moved, posting.balances, strict=True):
        if was + by != says:
            yield Mismatch(account, "balances_do_not_follow", posting.posting_id, was + by, says)


def _summed(amounts: Iterable[tuple[AccountLot, Decimal]]) -> dict[AccountLot, Decimal]:
    found: dict[AccountLot, Decimal] = {}
    for place, amount in amounts:
        found[place] = found.get(place, ZERO) + amount
    return found


def _by_account(places: Mapping[AccountLot, Decimal]) -> Balances:
    sums = dict.fromkeys(Balances._fields, ZERO)
    for (account, _), amount in places.items():
        sums[account] += amount
    return Balances(**sums)


# --- the club ---------------------------------------------------------------------------------------------------------


def moved(before: Balances, after: Balances) -> dict[str, Decimal]:
    """Amounts to add to the club's totals when a company's checkpoint moves on, by account, without zeros."""
    pairs = zip(Balances._fields, before, after, strict=True)
    return {account: now - then for account, then, now in pairs if now != then}


def added(one: Balances, other: Balances) -> Balances:
    return Balances(*(left + right for left, right in zip(one, other, strict=True)))


def check_total(total: Balances, companies: Balances | None = None) -> tuple[Mismatch, ...]:
    """A club total sums to zero and equals the sum of its companies' checkpoints, if given."""
    found = []
    if sum(total, ZERO):
        found.append(Mismatch(LEDGER, "entries_not_zero", "", ZERO, sum(total, ZERO)))
    for account, expected, says in zip(Balances._fields, companies or total, total, strict=True):
        if expected != says:
            found.append(Mismatch(account, "book_differs", "", expected, says))
    return tuple(found)
