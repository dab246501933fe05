"""Keys of recommendations. A buyer is an INN, shared by the shops of a chain, or a company without one."""

from datetime import date

from chalicelib.table import Key, in_table, shard_of


@in_table("one", "E, S")
def article_counts(sku: str) -> Key:
    """The counts of articles that buyers buy together with an article."""
    return Key(f"TOGETHER#{sku}", "COUNTS")


@in_table("one", "S")
def buyer(buyer: str) -> Key:
    """The pairs that a buyer adds to those counts."""
    return Key(f"BUYER#{buyer}", "TOGETHER")


@in_table("by buyer", "E")
def sales_moved(day: date, buyer: str) -> Key:
    """The buyers whose sales moved on a day."""
    return Key(sales_moved_shard(day, shard_of(buyer)), buyer)


def sales_moved_shard(day: date, shard: int) -> str:
    """The partition of one shard of `sales_moved`."""
    return f"SOLD#{day.isoformat()}#{shard}"
