"""Items of the club's figures, and the folds that make them.

MONTH    a month's figures in a currency, without its splits
SPLIT    packed: zlib of JSON, the month's turnover by split and name. Apart, since most readers want the sums only
COHORT   the companies that bought first in a quarter, by the quarters since

A fold is work in parts: each part brings the months of its companies, and the last one folds all of them and writes the club's months.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from chalicelib.analytics.club import keys
from chalicelib.analytics.club.rules import ClubMonth, Cohort, Share, Splits
from chalicelib.platform.jobs import chunks
from chalicelib.platform.parts import WorkInParts
from chalicelib.platform.settings import queue_url
from chalicelib.table.client import Table
from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import MOST_OPERATIONS, Transaction

KEEP_DAYS = 30
FOLD = WorkInParts(lambda: queue_url("club-folds"), "club-folds/", keys.club_fold, keys.club_fold_part, KEEP_DAYS)


def write_months(table: Table, currency: str, months: Iterable[ClubMonth], as_of: str) -> None:
    """The newest first, eight years in one transaction: nobody reads half of a fold."""
    for some in chunks(sorted(months, key=lambda each: each.month, reverse=True), MOST_OPERATIONS):
        tx = Transaction()
        for month in some:
            tx.put({**keys.club_month(currency, month.month).as_item(), **to_item(month), "as_of": as_of})
        table.commit(tx)


def read_months(table: Table, currency: str) -> tuple[list[ClubMonth], str | None]:
    """All months of the club, and the moment of the earliest of their folds; one query for ten years."""
    every = keys.club_month(currency)
    items = list(table.query_all(every.pk, starts=every.sk))
    return [from_item(ClubMonth, item) for item in items], min((item["as_of"] for item in items), default=None)


def write_splits(table: Table, currency: str, splits: Mapping[date, Splits]) -> None:
    for month, each in splits.items():
        packed = {"month": month.isoformat(), "packed": _pack(each)}
        table.put({**keys.club_split(currency, month).as_item(), **packed})


def read_splits(table: Table, currency: str, first: date, last: date) -> dict[date, Splits]:
    """The splits of the months from `first` to `last`; one query for each MB."""
    start, end = keys.club_split(currency, first), keys.club_split(currency, last)
    found = table.query_all(start.pk, between=(start.sk, end.sk))
    return {date.fromisoformat(item["month"]): _unpack(bytes(item["packed"])) for item in found}


def write_cohorts(table: Table, currency: str, cohorts: Iterable[Cohort]) -> None:
    for each in cohorts:
        table.put({**keys.cohort(currency, each.quarter).as_item(), **to_item(each)})


def read_cohorts(table: Table, currency: str) -> list[Cohort]:
    """The earliest first; one query."""
    every = keys.cohort(currency)
    return [from_item(Cohort, item) for item in table.query_all(every.pk, starts=every.sk)]


def _pack(splits: Splits) -> bytes:
    plain = {
        split: {name: [f"{share.net:f}", share.companies] for name, share in parts.items()}
        for split, parts in splits.items()
    }
    return zlib.compress(json.dumps(plain, ensure_ascii=False).encode())


def _unpack(packed: bytes) -> Splits:
    plain = json.loads(zlib.decompress(packed))
    return {
        split: {name: Share(Decimal(net), companies) for name, (net, companies) in parts.items()}
        for split, parts in plain.items()
    }
