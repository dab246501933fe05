from chalicelib.table import Key, company_partition, in_table


@in_table("newest first", "E, S")
def free_goods(company_id: str, placed_at: str = "", gift_id: str = "") -> Key:
    """The free goods of a company's orders. Without a time: the prefix of the list."""
    return Key(company_partition(company_id), f"GIFT#{placed_at}" + (f"#{gift_id}" if gift_id else ""))
