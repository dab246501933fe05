from chalicelib.table import Key, in_table


@in_table("one", "E, S")
def catalogue_index() -> Key:
    """The head of the search index: the stamps of its shards. The events of the catalogue lie beside it."""
    return Key("CATALOGUE", "HEAD")


@in_table("by number", "E, S")
def catalogue_shard(shard: int) -> Key:
    """The shards of the catalogue's index."""
    return Key("CATALOGUE", f"SHARD#{shard:02d}")
