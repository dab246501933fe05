"""Keys of joins of companies."""

from chalicelib.table.key import Key, in_gsi1, in_table


@in_table("one", "S")
def join(join_id: str) -> Key:
    """A join of two companies."""
    return Key(f"COMPANYJOIN#{join_id}", "JOIN")


@in_gsi1("by time")
def join_list(at: str, join_id: str) -> Key:
    """The joins of companies, newest first."""
    return Key("COMPANYJOINS", f"{at}#{join_id}")
