from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def join(join_id: str) -> Key:
    """A join of two companies."""
    return Key(f"COMPANYJOIN#{join_id}", "JOIN")


@in_table("one", "S, T")
def under_way(company_id: str) -> Key:
    """The join in which a company takes part, while it is under way."""
    return Key(f"COMPANYJOIN#{company_id}", "UNDERWAY")


@in_table("by id", "S")
def order_of_join(join_id: str, order_id: str = "") -> Key:
    """The orders that a join moved. Without an order: the prefix of the list."""
    return Key(f"COMPANYJOIN#{join_id}", f"ORDER#{order_id}")


@in_gsi1("by time")
def join_list(at: str, join_id: str) -> Key:
    """The joins of companies, newest first."""
    return Key("COMPANYJOINS", f"{at}#{join_id}")
