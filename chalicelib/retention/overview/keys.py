from chalicelib.table import Key, in_table


@in_table("newest first", "E")
def overview(day: str) -> Key:
    """The quiet companies and their money of a night, by manager and by reason."""
    return Key("RETENTION_OVERVIEW", f"DAY#{day}")
