"""The files of an order in the table: one item, so that its version also keeps the bound."""

from boto3.dynamodb.conditions import Attr

from chalicelib.orders.files import keys
from chalicelib.orders.files.model import OrderFiles
from chalicelib.table.client import Table
from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import Transaction


def read(table: Table, company_id: str, order_id: str) -> OrderFiles:
    item = table.get(keys.order_files(company_id, order_id), consistent=True)
    return from_item(OrderFiles, item) if item else OrderFiles()


def replace(tx: Transaction, company_id: str, order_id: str, before: OrderFiles, after: OrderFiles) -> None:
    """Refused with label `files` if they changed since they were read."""
    unchanged = Attr("version").eq(before.version) if before.version else Attr("pk").not_exists()
    item = {**keys.order_files(company_id, order_id).as_item(), **to_item(after)}
    tx.put(item, when=unchanged, label="files")
