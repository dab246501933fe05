"""The catalogue's index as it lies in the table: `search.Entry` of every product, in shards.

SHARD: version, and its products' entries as one compressed text. A product's shard is given by its sku.
HEAD:  `s00`… the stamp of each shard: its version, and a digest of what is in it.

Derived: `refresh` makes it of the products, in the footsteps of every written batch (`products.changed`). It reads a shard first and
the products then, and writes on condition that the shard is still what it read. So what it writes of a product is never older than
what somebody wrote before it, and events may come twice, late, or in another order. The head follows the shards; a process that dies
between the two is followed by the event's next delivery.

A reader keeps the shards in memory and asks the head which of them are out of date.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from hashlib import sha256
from operator import and_
from typing import Any
from zlib import crc32

from boto3.dynamodb.conditions import Attr

from chalicelib.catalog import store
from chalicelib.catalog.search import keys
from chalicelib.catalog.search.rules import Entry, Index, entry_of
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.retries import Overtaken, retry
from chalicelib.table.transactions import Item, Refused

SHARDS = 64  # a written product rewrites one of them, a reader who is new reads them all: see infra/decisions/0026

Stamps = Mapping[str, str]  # by the shard's name in the head


def shard_of(sku: str) -> int:
    return crc32(sku.encode()) % SHARDS


# --- writing ----------------------------------------------------------------------------------------------------------


def refresh(context: Context, skus: Collection[str]) -> None:
    """What the index says of these products is what they are. Two reads, a write for each shard that changes, one for the head."""
    pending = set(skus)

    @retry()
    def attempt(context: Context) -> None:
        nonlocal pending
        if pending := pending and _refreshed(context.table, pending):
            raise Overtaken

    attempt(context)


def _refreshed(table: Table, skus: Collection[str]) -> set[str]:
    """Those whose shard somebody else was writing meanwhile."""
    by_shard: dict[int, list[str]] = {}
    for sku in sorted(skus):
        by_shard.setdefault(shard_of(sku), []).append(sku)
    head = keys.catalogue_index()
    found = table.get_many([head, *(keys.catalogue_shard(shard) for shard in by_shard)], consistent=True)
    products = store.read_products(table, skus, consistent=True)
    lost: set[str] = set()
    stamps: dict[str, str] = {}
    for shard, own in by_shard.items():
        present = found.get(keys.catalogue_shard(shard))
        before = entries_of(present)
        after = {sku: entry for sku, entry in before.items() if sku not in own}
        after |= {sku: entry_of(products[sku]) for sku in own if sku in products}
        try:
            stamps[_name(shard)] = (
                _stamp(present) if after == before and present else _write(table, shard, present, after)
            )
        except Refused:
            lost.update(own)
    _follow(table, found.get(head, {}), stamps)
    return lost


def _write(table: Table, shard: int, present: Item | None, entries: Mapping[str, Entry]) -> str:
    version = int(present["version"]) if present else 0
    item = {
        **keys.catalogue_shard(shard).as_item(),
        "version": version + 1,
        "entries": zlib.compress(json.dumps([entries[sku] for sku in sorted(entries)], ensure_ascii=False).encode()),
    }
    table.put(item, when=Attr("version").eq(version) if present else Attr("pk").not_exists())
    return _stamp(item)


def _follow(table: Table, head: Item, stamps: Stamps) -> None:
    """The head names these stamps, or later ones."""
    ahead = {name: stamp for name, stamp in stamps.items() if head.get(name, "") < stamp}
    while ahead:
        behind = [Attr(name).not_exists() | Attr(name).lt(stamp) for name, stamp in ahead.items()]
        try:
            table.update(keys.catalogue_index(), put=ahead, when=reduce(and_, behind))
        except Refused as refused:
            now = refused.items[""] or {}
            ahead = {name: stamp for name, stamp in ahead.items() if now.get(name, "") < stamp}
        else:
            return


def _name(shard: int) -> str:
    return f"s{shard:02d}"


def _stamp(item: Item) -> str:
    """Later ones sort behind. The digest tells apart what two tables have under the same number."""
    return f"{int(item['version']):012d}:{sha256(bytes(item['entries'])).hexdigest()[:16]}"


def entries_of(item: Item | None) -> dict[str, Entry]:
    if item is None:
        return {}
    return {row[0]: Entry(*row) for row in json.loads(zlib.decompress(bytes(item["entries"])))}


# --- reading ----------------------------------------------------------------------------------------------------------


class _Memory:
    """What this process has read so far."""

    def __init__(self) -> None:
        self.stamps: dict[str, str] = {}
        self.shards: dict[str, Iterable[Entry]] = {}
        self.index = Index([])


_memory = _Memory()


def current(table: Table, head: Item | None) -> Index:
    """The index that the head tells of. No call, but for what has changed since this process last looked."""
    stamps = {name: stamp for name, stamp in (head or {}).items() if name not in ("pk", "sk")}
    changed = [name for name in stamps.keys() | _memory.stamps.keys() if stamps.get(name) != _memory.stamps.get(name)]
    if changed:
        read = table.get_many(keys.catalogue_shard(int(name[1:])) for name in changed if name in stamps)
        for name in changed:
            item: Any = read.get(keys.catalogue_shard(int(name[1:])))
            _memory.stamps.pop(name, None)
            _memory.shards.pop(name, None)
            if item is not None:
                # As read, which may be older or newer than the head says: then the next reader looks again.
                _memory.stamps[name], _memory.shards[name] = _stamp(item), entries_of(item).values()
        _memory.index = Index(entry for shard in _memory.shards.values() for entry in shard)
    return _memory.index
