from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def query(query_id: str) -> Key:
    """A question to the datasets, and its answer."""
    return Key(f"QUERY#{query_id}", "QUERY")


@in_gsi1("by time")
def query_list(member_id: str, at: str, query_id: str) -> Key:
    """The questions of one of the staff, newest first."""
    return Key(f"QUERIES#{member_id}", f"{at}#{query_id}")
