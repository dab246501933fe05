from chalicelib.table import Key, company_partition, in_table


@in_table("by line", "E, S")
def dispute(company_id: str, line_id: str = "") -> Key:
    """The lines of statements that a company disputes. Without a line: the prefix of the list."""
    return Key(company_partition(company_id), f"DISPUTE#{line_id}")
