from chalicelib.table import Key, company_partition, in_table


@in_table("one", "E, S")
def terms(company_id: str) -> Key:
    """The personal terms of a company."""
    return Key(company_partition(company_id), "TERMS")
