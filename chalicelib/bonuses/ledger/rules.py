"""A company's bonuses as a book of sums. Pure: no clock, no table, no configuration.

The book holds sums only, and every change adds to them: credited and spent amounts of each expiry day, and the amounts pending,
reserved, redeemed, owed in goods. Sums commute, so the same changes in any order make the same book, and the balances of a day are a
function of (book, day): a late document, a correction, a return of bonuses that expired or were spent long ago end in the same figures
as if everything had come in time.

A lot holds the bonuses that expire on one day: `expires_on` is the last day to spend them. Spent amounts stay with their lots, by month.
If a lot no longer covers the amount taken from it (its accrual was reversed), other lots cover the rest: see `allocation`. The amount
that no lot covers is debt, paid by the next credit.

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
    """Bonuses that expire on one day. `opened`: day of the earliest credit; `spent`: by month (its first day), net of amounts given back."""

    expires_on: date
    opened: date
    credited: Decimal = ZERO
    spent: Mapping[date, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """All of a company's bonuses.

    `day`: expiries are posted up to it. `at`, `sequence`: of the newest posting. `notices`: state of the letters, opaque to the ledger.
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
    """Amounts on the accounts; they sum to zero."""

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
    """The cause of a posting. `kind` and `key` name it for ever: a cause is posted once.

    `document`: shown in the statement: {"source", "series", "number", "day"} of a sale, {"redemption"}, {"order"} …
    `reverses`: id of the posting that this one reverses, whole or in part.
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
    """Per lot, expired or not: the unspent amount `left`, and the amount `short` that was taken from it and that no lot covers."""

    left: Mapping[date, Decimal]
    short: Mapping[date, Decimal]

    @property
    def debt(self) -> Decimal:
        return sum(self.short.values(), ZERO)


class NotEnough(Exception):
    """The amount exceeds the available bonuses."""

    def __init__(self, available: Decimal) -> None:
        super().__init__(available)
        self.available = available


# --- reading a book ---------------------------------------------------------------------------------------------------


def allocation(lots: Mapping[date, Lot]) -> Allocation:
    """Covers all spending by lots.

    A lot covers the amounts taken from it, latest months first. The rest is covered by the lots that had not expired in the month of
    the spending, oldest expiry first, as if the reversed accrual had never been. A lot with negative credits (a return without its
    sale) is covered likewise, by lots that had not expired when it was opened. Whatever remains is debt.
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
    """The balances on this day."""
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
    """Spendable amounts on this day by lot, oldest expiry first."""
    left = allocation(book.lots).left
    return {expires_on: left[expires_on] for expires_on in sorted(left) if expires_on >= day and left[expires_on] > 0}


def next_expiry(book: Book, day: date) -> date | None:
    """The expiry day of the oldest lot that still holds something on this day."""
    return next(iter(usable(book, day)), None)


def difference(before: Book, after: Book, was: date, day: date) -> tuple[Entry, ...]:
    """The entries from the balances of one book on `was` to those of another on `day`; empty if they are equal."""
    old, new = dict(details(before, was)), dict(details(after, day))
    moved = {place: new.get(place, ZERO) - old.get(place, ZERO) for place in {**old, **new}}
    return tuple(Entry(account, amount, lot) for (account, lot), amount in sorted(moved.items(), key=_order) if amount)


def details(book: Book, day: date) -> Iterator[tuple[AccountLot, Decimal]]:
    """The amounts of `balances` by account and lot; outside of lots, `available` is the debt."""
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


# --- changing a book --------------------------------------------------------------------------------------------------


def pend(book: Book, amount: Decimal) -> Book:
    """Adds to the pending amount."""
    return replace(book, pending=book.pending + amount)


def credit(book: Book, expires_on: date, amount: Decimal, day: date) -> Book:
    """Adds to the lot of this expiry day; a negative amount takes a credit back. `day`: the day on which the credit counts."""
    lot = book.lots.get(expires_on) or Lot(expires_on, day)
    credited = replace(lot, opened=min(lot.opened, day), credited=lot.credited + amount)
    return replace(book, lots={**book.lots, expires_on: credited})


def oldest_first(book: Book, amount: Decimal, day: date) -> LotParts:
    """The lots that cover this amount on this day. Raises `NotEnough`."""
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
    """Reserves these amounts of lots."""
    book = replace(book, reserved=book.reserved + sum(parts.values(), ZERO))
    for expires_on, part in parts.items():
        book = _spend(book, expires_on, part, day)
    return book


def give_back(book: Book, parts: LotParts, held_on: date) -> Book:
    """Undoes a `hold` of this day: each amount returns to its lot and keeps the lot's expiry."""
    book = replace(book, reserved=book.reserved - sum(parts.values(), ZERO))
    for expires_on, part in parts.items():
        book = _spend(book, expires_on, -part, held_on)
    return book


def split(parts: LotParts, amount: Decimal) -> tuple[LotParts, LotParts]:
    """This amount of the parts, oldest expiry first, and the rest."""
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
    """Uses up a reserved amount."""
    return replace(book, reserved=book.reserved - amount, redeemed=book.redeemed + amount)


def take_back(book: Book, parts: LotParts, held_on: date) -> Book:
    """Undoes a `hold` of this day that was redeemed: the goods that it paid for came back."""
    return give_back(redeem(book, -sum(parts.values(), ZERO)), parts, held_on)


def withdraw(book: Book, parts: LotParts) -> Book:
    """Takes back issued bonuses from these lots."""
    for expires_on, part in parts.items():
        book = credit(book, expires_on, -part, book.lots[expires_on].opened)
    return book


def owe(book: Book, amount: Decimal) -> Book:
    """Issues an amount to be paid in goods; a negative amount is taken back."""
    return replace(book, goods_owed=book.goods_owed + amount)


def deliver(book: Book, amount: Decimal) -> Book:
    """Goods of this amount were delivered; negative if they came back and are owed again."""
    return replace(book, goods_owed=book.goods_owed - amount, goods_redeemed=book.goods_redeemed + amount)


def lapse(book: Book, amount: Decimal) -> Book:
    """Goods of this amount were not chosen in time and are owed no more."""
    return replace(book, goods_owed=book.goods_owed - amount, goods_expired=book.goods_expired + amount)


def forgive(book: Book) -> Book:
    """Issues the debt to the lots that are short, so that none remains."""
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


# --- expiry -----------------------------------------------------------------------------------------------------------


class Expiry(NamedTuple):
    """Lifetime of a credit: to the end of the `number`-th month, quarter or year after its own, or to the next `month`-`on_day`."""

    every: Literal["month", "quarter", "year", "date"]
    number: int = 0
    month: int = 0
    on_day: int = 0


def expiry(policy: Expiry, day: date) -> date:
    """The last day to spend a credit of this day. A fixed date that is this very day means that of the next year."""
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
