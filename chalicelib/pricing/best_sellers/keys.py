from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def best_sellers(list_id: str) -> Key:
    """A list of best sellers."""
    return Key(f"BESTSELLERS#{list_id}", "LIST")


@in_table("by part", "S")
def best_sellers_part(list_id: str, part: int) -> Key:
    """A part of a list of best sellers."""
    return Key(f"BESTSELLERS#{list_id}", f"PART#{part:06d}")


@in_gsi1("by time")
def best_sellers_list(at: str, list_id: str) -> Key:
    """The lists of best sellers, newest first."""
    return Key("BESTSELLERS", f"{at}#{list_id}")
