"""Items of the club's figures, and the folds that make them.

CURRENCIES  those of all folds so far
MONTH    a month's figures in a currency, without its splits
SPLIT    packed: zlib of JSON, the month's turnover by split and name. Apart, since most readers want the sums only
BRIDGE   packed: of the newest months, the turnover under each name of a split before and now, and its moves
MOVED    packed: of the newest months, the companies with the largest changes, by move
COHORT   the companies that bought first in a quarter, by the quarters since

Each fold takes the place of the one before: what it does not have is deleted.

A fold is work in parts: each part brings the months of its companies, and the last one folds all of them and writes the club's months.
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple, TypeVar

from chalicelib.analytics.club import keys
from chalicelib.analytics.club.rules import (
    Against,
    Bridges,
    ClubMonth,
    Cohort,
    Move,
    MovedCompanies,
    MovedCompany,
    Split,
    Splits,
)
from chalicelib.platform import WorkInParts, chunks, queue_url
from chalicelib.platform.packing import JsonOf
from chalicelib.table import MOST_OPERATIONS, Item, Key, Table, Transaction, from_item, to_item

KEEP_DAYS = 30
FOLD = WorkInParts(lambda: queue_url("club-folds"), "club-folds/", keys.club_fold, keys.club_fold_part, KEEP_DAYS)

_SPLITS, _BRIDGES, _MOVED = JsonOf[Splits](Splits), JsonOf[Bridges](Bridges), JsonOf[MovedCompanies](MovedCompanies)
T = TypeVar("T")


class Folded(NamedTuple):
    """The fold that made the newest month, and the number of its parts. `as_of`: when it began."""

    fold_id: str
    parts: int
    as_of: str


def write_months(table: Table, currency: str, months: Iterable[ClubMonth], folded: Folded) -> None:
    """The newest first, eight years in one transaction with what goes: nobody reads half of a fold."""
    found = table.query_all(keys.club_month(currency), only=("pk", "sk"), consistent=True)
    changes: dict[Key, Item | None] = {Key(item["pk"], item["sk"]): None for item in found}
    for month in months:
        key = keys.club_month(currency, month.month)
        changes[key] = {**key.as_item(), **to_item(month), **folded._asdict()}
    for some in chunks(sorted(changes.items(), key=lambda each: each[0].sk, reverse=True), MOST_OPERATIONS):
        tx = Transaction()
        for key, item in some:
            if item:
                tx.put(item)
            else:
                tx.delete(key)
        table.commit(tx)


def add_currencies(table: Table, currencies: Iterable[str]) -> list[str]:
    """Those of all folds so far with these among them. Two calls."""
    key = keys.club_currencies()
    item = table.get(key, consistent=True)
    known = sorted({*(item["currencies"] if item else ()), *currencies})
    table.put({**key.as_item(), "currencies": known})
    return known


def read_months(table: Table, currency: str) -> tuple[list[ClubMonth], str | None]:
    """All months of the club, and the moment of the earliest of their folds; one query for ten years."""
    items = list(table.query_all(keys.club_month(currency)))
    return [from_item(ClubMonth, item) for item in items], min((item["as_of"] for item in items), default=None)


def read_folded(table: Table, currency: str) -> Folded | None:
    """The fold of the figures in this currency; None before the first. One query of an item."""
    items = table.query(keys.club_month(currency), newest_first=True, limit=1).items
    return Folded(items[0]["fold_id"], int(items[0]["parts"]), items[0]["as_of"]) if items else None


def write_splits(table: Table, currency: str, splits: Mapping[date, Splits]) -> None:
    every = keys.club_split(currency)
    items = (
        {**keys.club_split(currency, month).as_item(), "month": month.isoformat(), "packed": _packed(_SPLITS, each)}
        for month, each in splits.items()
    )
    table.replace(every.pk, items, starts=every.sk)


def read_splits(table: Table, currency: str, first: date, last: date) -> dict[date, Splits]:
    """The splits of the months from `first` to `last`; one query for each MB."""
    start, end = keys.club_split(currency, first), keys.club_split(currency, last)
    found = table.query_all(start.pk, between=(start.sk, end.sk))
    return {date.fromisoformat(item["month"]): _unpacked(_SPLITS, item) for item in found}


def write_bridges(table: Table, currency: str, bridges: Mapping[tuple[Split, date], Bridges]) -> None:
    every = keys.club_bridge(currency)
    items = (
        {
            **keys.club_bridge(currency, split, month).as_item(),
            "month": month.isoformat(),
            "packed": _packed(_BRIDGES, each),
        }
        for (split, month), each in bridges.items()
    )
    table.replace(every.pk, items, starts=every.sk)


def read_bridges(table: Table, currency: str, split: Split, first: date, last: date) -> dict[date, Bridges]:
    """The bridges of the months from `first` to `last`, by month; one query for each MB."""
    start, end = keys.club_bridge(currency, split, first), keys.club_bridge(currency, split, last)
    found = table.query_all(start.pk, between=(start.sk, end.sk))
    return {date.fromisoformat(item["month"]): _unpacked(_BRIDGES, item) for item in found}


def write_moved(table: Table, currency: str, moved: Mapping[date, MovedCompanies]) -> None:
    every = keys.moved_companies(currency)
    items = (
        {**keys.moved_companies(currency, month).as_item(), "packed": _packed(_MOVED, each)}
        for month, each in moved.items()
    )
    table.replace(every.pk, items, starts=every.sk)


def read_moved(table: Table, currency: str, month: date, against: Against, move: Move) -> list[MovedCompany]:
    """The largest changes first. One call."""
    item = table.get(keys.moved_companies(currency, month))
    return list(_unpacked(_MOVED, item).get(against, {}).get(move, ())) if item else []


def write_cohorts(table: Table, currency: str, cohorts: Iterable[Cohort]) -> None:
    every = keys.cohort(currency)
    items = ({**keys.cohort(currency, each.quarter).as_item(), **to_item(each)} for each in cohorts)
    table.replace(every.pk, items, starts=every.sk)


def read_cohorts(table: Table, currency: str) -> list[Cohort]:
    """The earliest first; one query."""
    return [from_item(Cohort, item) for item in table.query_all(keys.cohort(currency))]


def _packed(kind: JsonOf[T], value: T) -> bytes:
    return zlib.compress(kind.write(value))


def _unpacked(kind: JsonOf[T], item: Item) -> T:
    return kind.read(zlib.decompress(bytes(item["packed"])))
