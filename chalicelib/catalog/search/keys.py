"""Keys of the catalogue's index."""

from chalicelib.table.key import Key, in_table


@in_table("one", "E, S")
def catalogue_index() -> Key:
    """The head of the catalogue's index: the versions of its shards. What happened to the catalogue lies beside it."""
    return Key("CATALOGUE", "HEAD")


@in_table("by number", "E, S")
def catalogue_shard(shard: int) -> Key:
    """The shards of the catalogue's index."""
    return Key("CATALOGUE", f"SHARD#{shard:02d}")
