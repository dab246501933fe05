"""Items of the club's figures, one a month and currency, and the folds that make them.

A fold is work in parts: each part brings the months of its companies, and the last one folds all of them and writes the club's months.
"""

import json
import zlib
from collections.abc import Iterable, Iterator

from chalicelib.analytics.club import keys
from chalicelib.analytics.club.rules import SPLITS, ClubMonth
from chalicelib.platform.parts import WorkInParts
from chalicelib.platform.settings import queue_url
from chalicelib.table.client import Table
from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import Item

KEEP_DAYS = 30
FOLD = WorkInParts(lambda: queue_url("club-folds"), "club-folds/", keys.club_fold, keys.club_fold_part, KEEP_DAYS)


def write_months(table: Table, currency: str, months: Iterable[ClubMonth], as_of: str) -> None:
    for month in months:
        item = to_item(month)
        splits = {
            split: {name: [f"{share.net:f}", share.companies] for name, share in parts.items()}
            for split, parts in month.splits.items()
        }
        item["splits"] = zlib.compress(json.dumps(splits, ensure_ascii=False).encode())
        table.put({**keys.club_month(currency, month.month).as_item(), **item, "as_of": as_of})


def read_months(table: Table, currency: str) -> tuple[list[ClubMonth], str | None]:
    """All months of the club, and the moment of the earliest of their folds; one query for ten years."""
    every = keys.club_month(currency)
    items = list(table.query_all(every.pk, starts=every.sk))
    return [_month(item) for item in items], min((item["as_of"] for item in items), default=None)


def _month(item: Item) -> ClubMonth:
    splits = json.loads(zlib.decompress(bytes(item["splits"])))
    shares = {split: {name: list(each) for name, each in splits.get(split, {}).items()} for split in SPLITS}
    return from_item(ClubMonth, {**item, "splits": {split: dict(_shares(parts)) for split, parts in shares.items()}})


def _shares(parts: dict[str, list[object]]) -> Iterator[tuple[str, Item]]:
    for name, (net, companies) in parts.items():
        yield name, {"net": net, "companies": companies}
