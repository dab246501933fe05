"""The whole table, for tests that say what changed and what did not."""

from chalicelib.platform.context import Context
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, from_wire, to_wire


def everything(context: Context) -> dict[Key, Item]:
    """Every item by its key. Nothing but a test may ask so."""
    found: dict[Key, Item] = {}
    for page in context.table.client.get_paginator("scan").paginate(TableName=context.table.name):
        for wired in page["Items"]:
            item = from_wire(wired)
            found[Key(item["pk"], item["sk"])] = item
    return found


def restore(context: Context, items: dict[Key, Item]) -> None:
    """Sets the table back to these items of `everything`, and clears the memo."""
    context.memo.clear()
    now = everything(context)
    for key in now.keys() - items.keys():
        context.table.client.delete_item(TableName=context.table.name, Key=to_wire(key.as_item()))
    for key, item in items.items():
        if now.get(key) != item:
            # Past the table's own guard, which refuses to change what may be created only.
            context.table.client.put_item(TableName=context.table.name, Item=to_wire(item))
