"""The one DynamoDB table: its client, keys, transactions and paging."""

from chalicelib.table.client import Page, Table
from chalicelib.table.key import Key, company_partition, shards
from chalicelib.table.retries import CONTESTED, Overtaken, retry
from chalicelib.table.transactions import Busy, Refused, Transaction

__all__ = [
    "CONTESTED",
    "Busy",
    "Key",
    "Overtaken",
    "Page",
    "Refused",
    "Table",
    "Transaction",
    "company_partition",
    "retry",
    "shards",
]
