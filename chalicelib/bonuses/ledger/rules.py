"""A company's bonuses as a book of sums. Pure: no clock, no table, no configuration.

The book holds sums only, and every change adds to them: what was credited to the lots of each expiry day, what was spent from them,
what is pending, reserved, redeemed, owed in goods. Sums commute, so the same changes in any order make the same book, and the balances
of a day are a function of (book, day): a late document, a correction, a return of what expired or was spent long ago end in the same
figures as if everything had come in time.

A lot is what expires on one day: `expires_on` is the last day on which it can be spent. What was spent stays with the lots that it was
taken from, by month. Where a lot no longer covers what was taken from it (its accrual was reversed), other lots step in: see
`allocation`. What nothing covers is debt, paid by the next credit.

Accounts, double entry; each company's balances sum to zero:

    pending, available, reserved               the company's
    redeemed, expired, goods_owed, issued      the club's, kept as this company's share of them; `issued` is negative
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

ZERO = Decimal(0)
DAY = timedelta(days=1)

Account = Literal["pending", "available", "reserved", "redeemed", "expired", "goods_owed", "issued"]
LotParts = Mapping[date, Decimal]  # of an amount: so much of the lot that expires on this day
AccountLot = tuple[Account, date | None]  # an account, and the lot on it


@dataclass(frozen=True, slots=True)
class Lot:
    """What expires on one day. `opened`: the first day of what was credited; `spent`: net of what was given back, by month (its first day)."""

    expires_on: date
    opened: date
    credited: Decimal = ZERO
    spent: Mapping[date, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """All of a company's bonuses.

    `day`: expiries are posted up to it. `at`, `sequence`: of the newest posting. `notices`: which letters were given, and when; the
    ledger does not look at them.
    """

    company_id: str
    currency: str
    pending: Decimal = ZERO
    lots: Mapping[date, Lot] = field(default_factory=dict)
    reserved: Decimal = ZERO
    redeemed: Decimal = ZERO
    goods_owed: Decimal = ZERO
    goods_redeemed: Decimal = ZERO
    goods_expired: Decimal = ZERO
    notices: Mapping[str, str] = field(default_factory=dict)
    day: date = date.min
    at: str = ""
    sequence: int = 0
    version: int = 0


class Balances(NamedTuple):
    """What stands on the accounts; the sum is zero."""

    pending: Decimal
    available: Decimal
    reserved: Decimal
    redeemed: Decimal
    expired: Decimal
    goods_owed: Decimal
    issued: Decimal


class Entry(NamedTuple):
    """One side of a posting. `lot`: the expiry day of the lot that it moves, where it moves one."""

    account: Account
    amount: Decimal
    lot: date | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is posted. `kind` and `key` name it for ever: the same cause is posted once.

    `document`: what a line of the statement names: {"source", "series", "number", "day"} of a sale, {"redemption"}, {"order"} …
    `reverses`: id of the posting that this one takes back, whole or in part.
    """

    kind: str
    key: tuple[str, ...]
    document: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    author: str = ""
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """Entries that sum to zero, and the balances after them. Written once, never changed."""

    posting_id: str
    company_id: str
    currency: str
    at: str
    day: date
    sequence: int
    cause: Cause
    entries: tuple[Entry, ...]
    balances: Balances


class Allocation(NamedTuple):
    """What is left of each lot, whether it has expired or not, and what was taken from it that no lot covers."""

    left: Mapping[date, Decimal]
    short: Mapping[date, Decimal]

    @property
    def debt(self) -> Decimal:
        return sum(self.short.values(), ZERO)


class NotEnough(Exception):
    """More is asked for than there is."""

    def __init__(self, available: Decimal) -> None:
        super().__init__(available)
        self.available = available


# --- what a book says -------------------------------------------------------------------------------------------------


def allocation(lots: Mapping[date, Lot]) -> Allocation:
    """What is left of each lot once everything that was spent is covered.

    A lot covers what was taken from it, latest months first. What it does not cover, the other lots do: those that had not expired in
    the month of the spending, oldest expiry first, as they would have done if the reversed accrual had never been. A lot whose
    credits are negative (a return without its sale) is covered likewise by those that had not expired when it was opened. The
    rest is debt. A lot that had expired before the month of the spending never covers it.
    """
    left: dict[date, Decimal] = {}
    shortages: list[tuple[date, date, Decimal]] = []
    for expires_on in sorted(lots):
        lot = lots[expires_on]
        cover = lot.credited
        if cover < 0:
            shortages.append((lot.opened, expires_on, -cover))
            cover = ZERO
        for month in sorted(lot.spent, reverse=True):
            covered = min(cover, lot.spent[month])
            cover -= covered
            if covered < lot.spent[month]:
                shortages.append((month, expires_on, lot.spent[month] - covered))
        left[expires_on] = cover
    short: dict[date, Decimal] = {}
    for since, home, missing in sorted(shortages):
        for expires_on, amount in left.items():
            if expires_on >= since:
                covered = min(amount, missing)
                left[expires_on] -= covered
                missing -= covered
        if missing:
            short[home] = short.get(home, ZERO) + missing
    return Allocation(left, short)


def balances(book: Book, day: date) -> Balances:
    """What stands on the accounts on this day."""
    lots = allocation(book.lots)
    unspent = sum(lots.left.values(), ZERO)
    usable = sum((amount for expires_on, amount in lots.left.items() if expires_on >= day), ZERO)
    credited = sum((lot.credited for lot in book.lots.values()), ZERO)
    return Balances(
        pending=book.pending,
        available=usable - lots.debt,
        reserved=book.reserved,
        redeemed=book.redeemed + book.goods_redeemed,
        expired=unspent - usable + book.goods_expired,
        goods_owed=book.goods_owed,
        issued=-(book.pending + credited + book.goods_owed + book.goods_redeemed + book.goods_expired),
    )


def usable(book: Book, day: date) -> dict[date, Decimal]:
    """What can be spent on this day, by lot, oldest expiry first."""
    left = allocation(book.lots).left
    return {expires_on: left[expires_on] for expires_on in sorted(left) if expires_on >= day and left[expires_on] > 0}


def next_expiry(book: Book, day: date) -> date | None:
    """The expiry day of the oldest lot that still holds something on this day."""
    return next(iter(usable(book, day)), None)


def difference(before: Book, after: Book, was: date, day: date) -> tuple[Entry, ...]:
    """The entries that lead from the balances of one book on `was` to those of the other on `day`; none where nothing moves."""
    old, new = dict(details(before, was)), dict(details(after, day))
    moved = {place: new.get(place, ZERO) - old.get(place, ZERO) for place in {**old, **new}}
    return tuple(Entry(account, amount, lot) for (account, lot), amount in sorted(moved.items(), key=_order) if amount)


def details(book: Book, day: date) -> Iterator[tuple[AccountLot, Decimal]]:
    """The balances of `balances`, with what lies in lots told lot by lot; what lies in none is the debt."""
    lots = allocation(book.lots)
    sums = balances(book, day)
    for expires_on, amount in lots.left.items():
        yield ("available" if expires_on >= day else "expired", expires_on), amount
    yield ("available", None), -lots.debt
    yield ("expired", None), book.goods_expired
    yield ("pending", None), sums.pending
    yield ("reserved", None), sums.reserved
    yield ("redeemed", None), sums.redeemed
    yield ("goods_owed", None), sums.goods_owed
    yield ("issued", None), sums.issued


def _order(moved: tuple[AccountLot, Decimal]) -> tuple[int, date]:
    (account, lot), _ = moved
    return Balances._fields.index(account), lot or date.min


def expired_between(book: Book, first: date, last: date) -> list[date]:
    """Expiry days of the lots that can be spent on `first` and not on `last`, oldest first."""
    return sorted(expires_on for expires_on in book.lots if first <= expires_on < last)


# --- what changes a book ----------------------------------------------------------------------------------------------


def pend(book: Book, amount: Decimal) -> Book:
    """So much more (or less) waits to become available."""
    return replace(book, pending=book.pending + amount)


def credit(book: Book, expires_on: date, amount: Decimal, day: date) -> Book:
    """So much more in the lots of this expiry day, or less where a credit is taken back. `day`: the one on which it counts."""
    lot = book.lots.get(expires_on) or Lot(expires_on, day)
    credited = replace(lot, opened=min(lot.opened, day), credited=lot.credited + amount)
    return replace(book, lots={**book.lots, expires_on: credited})


def oldest_first(book: Book, amount: Decimal, day: date) -> LotParts:
    """The lots that so much is taken from on this day. Raises `NotEnough`."""
    available = balances(book, day).available
    if amount > available:
        raise NotEnough(available)
    parts: dict[date, Decimal] = {}
    for expires_on, left in usable(book, day).items():
        if amount <= 0:
            break
        parts[expires_on] = min(left, amount)
        amount -= parts[expires_on]
    return parts


def hold(book: Book, parts: LotParts, day: date) -> Book:
    """Reserves these parts of lots."""
    book = replace(book, reserved=book.reserved + sum(parts.values(), ZERO))
    for expires_on, part in parts.items():
        book = _spend(book, expires_on, part, day)
    return book


def give_back(book: Book, parts: LotParts, held_on: date) -> Book:
    """Undoes a `hold` of this day: each part returns to the lot that it was taken from, and keeps that lot's expiry."""
    book = replace(book, reserved=book.reserved - sum(parts.values(), ZERO))
    for expires_on, part in parts.items():
        book = _spend(book, expires_on, -part, held_on)
    return book


def split(parts: LotParts, amount: Decimal) -> tuple[LotParts, LotParts]:
    """So much of these parts, oldest expiry first, and the rest of them: what expires last."""
    kept: dict[date, Decimal] = {}
    rest: dict[date, Decimal] = {}
    for expires_on in sorted(parts):
        part = min(parts[expires_on], amount)
        amount -= part
        if part:
            kept[expires_on] = part
        if part < parts[expires_on]:
            rest[expires_on] = parts[expires_on] - part
    return kept, rest


def redeem(book: Book, amount: Decimal) -> Book:
    """What was reserved is used up."""
    return replace(book, reserved=book.reserved - amount, redeemed=book.redeemed + amount)


def take_back(book: Book, parts: LotParts, held_on: date) -> Book:
    """Undoes a `hold` of this day that was redeemed: what it paid for came back."""
    return give_back(redeem(book, -sum(parts.values(), ZERO)), parts, held_on)


def withdraw(book: Book, parts: LotParts) -> Book:
    """Takes back these parts of what was issued."""
    for expires_on, part in parts.items():
        book = credit(book, expires_on, -part, book.lots[expires_on].opened)
    return book


def owe(book: Book, amount: Decimal) -> Book:
    """So much more is issued to be paid in goods; less where it is taken back."""
    return replace(book, goods_owed=book.goods_owed + amount)


def deliver(book: Book, amount: Decimal) -> Book:
    """Goods of this worth were handed over; negative where they came back and are owed again."""
    return replace(book, goods_owed=book.goods_owed - amount, goods_redeemed=book.goods_redeemed + amount)


def lapse(book: Book, amount: Decimal) -> Book:
    """Goods of this worth were not asked for in time, and are owed no more."""
    return replace(book, goods_owed=book.goods_owed - amount, goods_expired=book.goods_expired + amount)


def forgive(book: Book) -> Book:
    """Issues what nothing covers, to the lots that miss it, so that there is no debt."""
    while short := allocation(book.lots).short:
        for expires_on, part in short.items():
            book = credit(book, expires_on, part, book.lots[expires_on].opened)
    return book


def _spend(book: Book, expires_on: date, amount: Decimal, day: date) -> Book:
    lot, month = book.lots[expires_on], day.replace(day=1)
    spent = {**lot.spent, month: lot.spent.get(month, ZERO) + amount}
    if not spent[month]:
        del spent[month]
    return replace(book, lots={**book.lots, expires_on: replace(lot, spent=spent)})


# --- when a lot expires -----------------------------------------------------------------------------------------------


class Expiry(NamedTuple):
    """How long a credit lasts: to the end of the `number`-th month, quarter or year after its own, or to the next `month`-`on_day`."""

    every: Literal["month", "quarter", "year", "date"]
    number: int = 0
    month: int = 0
    on_day: int = 0


def expiry(policy: Expiry, day: date) -> date:
    """The last day on which a credit of this day can be spent. A fixed date that is this very day means that of the next year."""
    match policy.every:
        case "month":
            return _end_of_month(day.year * 12 + day.month - 1 + policy.number)
        case "quarter":
            return _end_of_month(day.year * 12 + (day.month - 1) // 3 * 3 + 2 + 3 * policy.number)
        case "year":
            return date(day.year + policy.number, 12, 31)
        case "date":
            ends = date(day.year, policy.month, policy.on_day)
            return ends if ends > day else date(day.year + 1, policy.month, policy.on_day)


def _end_of_month(months: int) -> date:
    """Months are counted from the year 0."""
    year, month = divmod(months + 1, 12)
    return date(year, month + 1, 1) - DAY
