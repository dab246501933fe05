"""The one DynamoDB table: its client, keys, transactions and paging."""

from chalicelib.table.client import Page, Table
from chalicelib.table.key import Key, company_partition, shards
from chalicelib.table.transactions import Busy, Refused, Transaction

__all__ = ["Busy", "Key", "Page", "Refused", "Table", "Transaction", "company_partition", "shards"]
