from chalicelib.table import Key, company_partition, in_gsi1, in_gsi2, in_table, shard_of


@in_table("one", "S")
def waiting(company_id: str, order_id: str) -> Key:
    """The open questions of an order to its distributor. Deleted with the last answer."""
    return Key(company_partition(company_id), f"WAITING#{order_id}")


@in_gsi2("first due")
def waiting_due(at: str, company_id: str, order_id: str) -> Key:
    """The orders whose reminder is due. Sharded like `due`: all orders of a weekend fall due at one moment."""
    return Key(waiting_shard(shard_of(company_id)), f"{at}#{order_id}")


def waiting_shard(shard: int) -> str:
    """The partition of one shard of `waiting_due`."""
    return f"WAITING#{shard}"


@in_gsi1("oldest first")
def unanswered(at: str, order_id: str) -> Key:
    """The orders that distributors have not answered. `at`: time of the oldest question."""
    return Key("UNANSWERED", f"{at}#{order_id}")
