"""The one DynamoDB table: its map (`keys`), its client, transactions and paging."""

from chalicelib.table.client import Page, Table
from chalicelib.table.keys import Key
from chalicelib.table.transactions import Busy, Refused, Transaction

__all__ = ["Busy", "Key", "Page", "Refused", "Table", "Transaction"]
