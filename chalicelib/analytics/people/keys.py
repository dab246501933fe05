from chalicelib.table import Key, in_table


@in_table("by quarter", "E")
def people_quarter(quarter: str = "") -> Key:
    """The figures of the club's people by quarter. Without a quarter: the prefix of the list."""
    return Key("CLUBPEOPLE", f"QUARTER#{quarter}")
