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

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from chalicelib.analytics.club import keys
from chalicelib.analytics.club.rules import (
    Against,
    Bridge,
    Bridges,
    ClubMonth,
    Cohort,
    Move,
    Moved,
    MovedCompanies,
    MovedCompany,
    Share,
    Split,
    Splits,
)
from chalicelib.platform import WorkInParts, chunks, queue_url
from chalicelib.table import MOST_OPERATIONS, Item, Key, Table, Transaction, from_item, to_item

KEEP_DAYS = 30
FOLD = WorkInParts(lambda: queue_url("club-folds"), "club-folds/", keys.club_fold, keys.club_fold_part, KEEP_DAYS)


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
        {**keys.club_split(currency, month).as_item(), "month": month.isoformat(), "packed": _pack(each)}
        for month, each in splits.items()
    )
    table.replace(every.pk, items, starts=every.sk)


def read_splits(table: Table, currency: str, first: date, last: date) -> dict[date, Splits]:
    """The splits of the months from `first` to `last`; one query for each MB."""
    start, end = keys.club_split(currency, first), keys.club_split(currency, last)
    found = table.query_all(start.pk, between=(start.sk, end.sk))
    return {date.fromisoformat(item["month"]): _unpack(_plain(item)) for item in found}


def write_bridges(table: Table, currency: str, bridges: Mapping[tuple[Split, date], Bridges]) -> None:
    every = keys.club_bridge(currency)
    items = (
        {
            **keys.club_bridge(currency, split, month).as_item(),
            "month": month.isoformat(),
            "packed": _packed(_plain_bridges(each)),
        }
        for (split, month), each in bridges.items()
    )
    table.replace(every.pk, items, starts=every.sk)


def _plain_bridges(bridges: Bridges) -> Any:
    return {
        against: {
            name: [f"{bridge.before:f}", f"{bridge.net:f}", {move: _moved(of) for move, of in bridge.moves.items()}]
            for name, bridge in by_name.items()
        }
        for against, by_name in bridges.items()
    }


def _moved(of: Moved) -> list[Any]:
    return [of.companies, f"{of.change:f}"]


def read_bridges(table: Table, currency: str, split: Split, first: date, last: date) -> dict[date, Bridges]:
    """The bridges of the months from `first` to `last`, by month; one query for each MB."""
    start, end = keys.club_bridge(currency, split, first), keys.club_bridge(currency, split, last)
    found = table.query_all(start.pk, between=(start.sk, end.sk))
    return {date.fromisoformat(item["month"]): _bridges(_plain(item)) for item in found}


def _bridges(plain: Mapping[Against, Any]) -> Bridges:
    return {
        against: {
            name: Bridge(
                Decimal(before),
                Decimal(net),
                {move: Moved(companies, Decimal(change)) for move, (companies, change) in moves.items()},
            )
            for name, (before, net, moves) in by_name.items()
        }
        for against, by_name in plain.items()
    }


def write_moved(table: Table, currency: str, moved: Mapping[date, MovedCompanies]) -> None:
    every = keys.moved_companies(currency)
    items = (
        {**keys.moved_companies(currency, month).as_item(), "packed": _packed(_plain_moved(each))}
        for month, each in moved.items()
    )
    table.replace(every.pk, items, starts=every.sk)


def _plain_moved(moved: MovedCompanies) -> Any:
    return {
        against: {
            move: [[of.company_id, f"{of.before:f}", f"{of.net:f}"] for of in companies]
            for move, companies in moves.items()
        }
        for against, moves in moved.items()
    }


def read_moved(table: Table, currency: str, month: date, against: Against, move: Move) -> list[MovedCompany]:
    """The largest changes first. One call."""
    item = table.get(keys.moved_companies(currency, month))
    found = _plain(item).get(against, {}).get(move, []) if item else []
    return [MovedCompany(company_id, Decimal(before), Decimal(net)) for company_id, before, net in found]


def write_cohorts(table: Table, currency: str, cohorts: Iterable[Cohort]) -> None:
    every = keys.cohort(currency)
    items = ({**keys.cohort(currency, each.quarter).as_item(), **to_item(each)} for each in cohorts)
    table.replace(every.pk, items, starts=every.sk)


def read_cohorts(table: Table, currency: str) -> list[Cohort]:
    """The earliest first; one query."""
    return [from_item(Cohort, item) for item in table.query_all(keys.cohort(currency))]


def _pack(splits: Splits) -> bytes:
    plain = {
        split: {name: [f"{share.net:f}", share.companies] for name, share in parts.items()}
        for split, parts in splits.items()
    }
    return _packed(plain)


def _packed(plain: Any) -> bytes:
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode())


def _plain(item: Item) -> Any:
    return json.loads(zlib.decompress(bytes(item["packed"])))


def _unpack(plain: Mapping[Split, Any]) -> Splits:
    return {
        split: {name: Share(Decimal(net), companies) for name, (net, companies) in parts.items()}
        for split, parts in plain.items()
    }
