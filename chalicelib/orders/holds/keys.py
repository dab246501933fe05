from chalicelib.table import Key, company_partition, distributor_partition, in_table, shard_of


@in_table("one", "E, T")
def credit(company_id: str) -> Key:
    """The sums that a company has on order and owes."""
    return Key(company_partition(company_id), "CREDIT")


RESERVED_SHARDS = 32


@in_table("one", "E, S, T")
def reserved(distributor_id: str, sku: str) -> Key:
    """The reserved units of binding stock.

    Sharded by article: an order of 200 lines must fit into a transaction, and orders for other goods must not meet.
    """
    return Key(distributor_partition(distributor_id), f"RESERVED#{shard_of(sku, RESERVED_SHARDS):02d}")


@in_table("by time", "S, T")
def shipped_out(distributor_id: str, sku: str, minute: str = "") -> Key:
    """The reserved units that were shipped lately. Without a minute: the prefix of the shard's list."""
    return Key(distributor_partition(distributor_id), f"SHIPPEDOUT#{shard_of(sku, RESERVED_SHARDS):02d}#{minute}")
