"""Keys of recommendations. A buyer is an INN, so that the shops of a chain are one; without one the company."""

from datetime import date

from chalicelib.table.key import Key, in_table, shard_of


@in_table("one", "E, S")
def together(sku: str) -> Key:
    """The articles that others buy together with an article."""
    return Key(f"TOGETHER#{sku}", "COUNTS")


@in_table("one", "S")
def buyer(buyer: str) -> Key:
    """The pairs that a buyer adds to those counts."""
    return Key(f"BUYER#{buyer}", "TOGETHER")


@in_table("by buyer", "E")
def sales_moved(day: date, buyer: str) -> Key:
    """The buyers whose sales moved on a day. Once a day, however often."""
    return Key(sales_moved_shard(day, shard_of(buyer)), buyer)


def sales_moved_shard(day: date, shard: int) -> str:
    """The partition of one shard of `sales_moved`."""
    return f"SOLD#{day.isoformat()}#{shard}"
