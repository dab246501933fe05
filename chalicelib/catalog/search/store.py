"""Items of the search index: an `IndexEntry` for every product, in shards.

SHARD: version, and the entries of its products as one compressed text. The sku of a product gives its shard.
HEAD:  `s00`… the stamp of each shard: its version, and a digest of its content.

The index is derived from the products: `refresh` follows every `products.changed`. It reads a shard before the products, and writes the
shard only if it is unchanged. So an entry is never replaced by an older one, and events may come twice, late, or in another order. The
head is written after the shards; after a crash between the two, the next delivery of the event writes it.

A reader keeps the shards in memory and compares their stamps with the head.
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
from chalicelib.catalog.search.rules import Index, IndexEntry, entry_of
from chalicelib.platform import Context
from chalicelib.table import Overtaken, Table, retry
from chalicelib.table.transactions import Item, Refused, at_version

SHARDS = 64  # a product changes one, a new reader reads all: see infra/decisions/0026

Stamps = Mapping[str, str]  # by the shard's name in the head


def shard_of(sku: str) -> int:
    return crc32(sku.encode()) % SHARDS


# --- writing ----------------------------------------------------------------------------------------------------------


def refresh(context: Context, skus: Collection[str]) -> None:
    """Brings the entries of these products up to date. Two reads, one write for each changed shard, one for the head."""
    pending = set(skus)

    @retry()
    def attempt(context: Context) -> None:
        nonlocal pending
        if pending := pending and _refresh_shards(context.table, pending):
            raise Overtaken

    attempt(context)


def _refresh_shards(table: Table, skus: Collection[str]) -> set[str]:
    """Returns the products whose shard changed meanwhile."""
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
    _move_head(table, found.get(head, {}), stamps)
    return lost


def _write(table: Table, shard: int, present: Item | None, entries: Mapping[str, IndexEntry]) -> str:
    version = int(present["version"]) if present else 0
    item = {
        **keys.catalogue_shard(shard).as_item(),
        "version": version + 1,
        "entries": zlib.compress(json.dumps([entries[sku] for sku in sorted(entries)], ensure_ascii=False).encode()),
    }
    table.put(item, when=at_version(version))
    return _stamp(item)


def _move_head(table: Table, head: Item, stamps: Stamps) -> None:
    """Moves the head forward to these stamps."""
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
    """A later stamp sorts after an earlier one. The digest distinguishes equal versions of two tables."""
    return f"{int(item['version']):012d}:{sha256(bytes(item['entries'])).hexdigest()[:16]}"


def entries_of(item: Item | None) -> dict[str, IndexEntry]:
    if item is None:
        return {}
    return {row[0]: IndexEntry(*row) for row in json.loads(zlib.decompress(bytes(item["entries"])))}


# --- reading ----------------------------------------------------------------------------------------------------------


class _IndexMemory:
    """The shards that this process has read."""

    def __init__(self) -> None:
        self.stamps: dict[str, str] = {}
        self.shards: dict[str, Iterable[IndexEntry]] = {}
        self.index = Index([])


_memory = _IndexMemory()


def current_index(table: Table, head: Item | None) -> Index:
    """The index of this head. Reads only the shards that changed since the last call of this process."""
    stamps = {name: stamp for name, stamp in (head or {}).items() if name not in ("pk", "sk")}
    changed = [name for name in stamps.keys() | _memory.stamps.keys() if stamps.get(name) != _memory.stamps.get(name)]
    if changed:
        read = table.get_many(keys.catalogue_shard(int(name[1:])) for name in changed if name in stamps)
        for name in changed:
            item: Any = read.get(keys.catalogue_shard(int(name[1:])))
            _memory.stamps.pop(name, None)
            _memory.shards.pop(name, None)
            if item is not None:
                # The stamp as read, not as in the head: if they differ, the next call reads the shard again.
                _memory.stamps[name], _memory.shards[name] = _stamp(item), entries_of(item).values()
        _memory.index = Index(entry for shard in _memory.shards.values() for entry in shard)
    return _memory.index
