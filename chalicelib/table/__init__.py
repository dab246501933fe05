"""The one DynamoDB table: its client, transactions, keys of items, and records as items."""

from chalicelib.table.client import Page, Position, Table, position_of
from chalicelib.table.key import (
    CREATED_ONLY,
    SHARDS,
    Key,
    company_partition,
    distributor_partition,
    folded,
    in_gsi1,
    in_gsi2,
    in_table,
    shard_of,
    shards,
)
from chalicelib.table.records import from_item, to_item
from chalicelib.table.retries import CONTESTED, Overtaken, is_passing, read_apart, retry
from chalicelib.table.transactions import (
    MOST_OPERATIONS,
    Busy,
    Item,
    Joining,
    Refused,
    Transaction,
    at_version,
    from_wire,
    to_wire,
)
