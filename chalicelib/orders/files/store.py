"""The files of an order in the table: one item, so that its version also keeps the bound."""

from boto3.dynamodb.conditions import Attr

from chalicelib.orders.files import keys
from chalicelib.orders.files.model import OrderFiles
from chalicelib.table import Table, Transaction, at_version, from_item, to_item


def read(table: Table, company_id: str, order_id: str) -> OrderFiles:
    item = table.get(keys.order_files(company_id, order_id), consistent=True)
    return from_item(OrderFiles, item) if item else OrderFiles()


def move(tx: Transaction, order_id: str, company_id: str, to: str, files: OrderFiles) -> None:
    """They are with the order of another company from now on. Refused with label `files` if they changed since they were read."""
    if files.version:
        key = keys.order_files(company_id, order_id)
        tx.delete(key, when=Attr("version").eq(files.version), label="files")
        tx.create({**keys.order_files(to, order_id).as_item(), **to_item(files)}, label="files there")


def replace(tx: Transaction, company_id: str, order_id: str, before: OrderFiles, after: OrderFiles) -> None:
    """Refused with label `files` if they changed since they were read."""
    unchanged = at_version(before.version)
    item = {**keys.order_files(company_id, order_id).as_item(), **to_item(after)}
    tx.put(item, when=unchanged, label="files")
