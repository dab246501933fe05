"""The address of an item, and decorators that tell the index, order and consistency of a key. Each room has its own `keys.py`.

    @in_table("by member", "E, T")
    def person(company_id: str, member_id: str) -> Key:
        \"""The people of a company. With an empty member: the prefix of the list.\"""
        return Key(company_partition(company_id), f"PERSON#{member_id}")

A room's own code names its keys; another room that must read or check such an item in one call with its own gets the key through the
door, as `company_key`. `make map` reads all of them from the source.

Attributes: ``pk``/``sk`` of the table, ``gsi1pk``/``gsi1sk`` of index ``gsi1`` (lists), ``gsi2pk``/``gsi2sk`` of index ``gsi2`` (work to
do: due dates, things that wait). Both indexes are sparse: an item is there only while it carries the attributes. Their reads are eventually
consistent, always. ``expires_at`` (epoch seconds) is the TTL.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar
from zlib import crc32

SHARDS = 8
CREATED_ONLY = "LEDGER#"  # partitions whose items are neither changed nor deleted: the functions' policies say so, too


class Key(NamedTuple):
    """Address of one item. ``sk`` of a list key is the prefix that the list shares."""

    pk: str
    sk: str

    def as_item(self) -> dict[str, str]:
        return {"pk": self.pk, "sk": self.sk}

    def as_wire(self) -> dict[str, dict[str, str]]:
        """As DynamoDB's typed attributes."""
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}

    def as_gsi1(self) -> dict[str, str]:
        return {"gsi1pk": self.pk, "gsi1sk": self.sk}

    def as_gsi2(self) -> dict[str, str]:
        return {"gsi2pk": self.pk, "gsi2sk": self.sk}


Function = TypeVar("Function", bound=Callable[..., Key])


def folded(name: str) -> str:
    """A name as lists are sorted by it. A sort key holds 1,024 bytes, and a letter may fold into six of them: the beginning decides."""
    return name.casefold()[:150]


def in_table(order: str, consistency: str) -> Callable[[Function], Function]:
    """For a key of the table. `consistency` of its reads: E eventual, S strong, T inside a transaction."""
    return _as_it_is


def in_gsi1(order: str) -> Callable[[Function], Function]:
    """For a key of index ``gsi1``."""
    return _as_it_is


def in_gsi2(order: str) -> Callable[[Function], Function]:
    """For a key of index ``gsi2``."""
    return _as_it_is


def _as_it_is(function: Function) -> Function:
    return function


def company_partition(company_id: str) -> str:
    """A company's own data shares its partition key, whichever room keeps it."""
    return f"COMPANY#{company_id}"


def distributor_partition(distributor_id: str) -> str:
    """A distributor's own data shares its partition key, whichever room keeps it."""
    return f"DISTRIBUTOR#{distributor_id}"


def shards() -> range:
    """The shards of a list that would heat one partition of an index."""
    return range(SHARDS)


def shard_of(name: str, count: int = 0) -> int:
    """The shard, of `count`, in which something with this id lies."""
    return crc32(name.encode()) % (count or SHARDS)
