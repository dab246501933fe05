"""The whole table, for tests that say what changed and what did not."""

from chalicelib.platform.context import Work
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, from_wire, to_wire


def everything(work: Work) -> dict[Key, Item]:
    """Every item by its key. Nothing but a test may ask so."""
    found: dict[Key, Item] = {}
    for page in work.table.client.get_paginator("scan").paginate(TableName=work.table.name):
        for wired in page["Items"]:
            item = from_wire(wired)
            found[Key(item["pk"], item["sk"])] = item
    return found


def restore(work: Work, items: dict[Key, Item]) -> None:
    """The table as it was when `everything` gave these items, and work that remembers nothing of what it read."""
    work.memo.clear()
    now = everything(work)
    for key in now.keys() - items.keys():
        work.table.client.delete_item(TableName=work.table.name, Key=to_wire(key.as_item()))
    for key, item in items.items():
        if now.get(key) != item:
            # Past the table's own guard, which refuses to change what may be created only.
            work.table.client.put_item(TableName=work.table.name, Item=to_wire(item))
