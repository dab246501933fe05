from chalicelib.table import Key, company_partition, in_table


@in_table("one", "S")
def addresses(company_id: str) -> Key:
    """The delivery addresses of a company."""
    return Key(company_partition(company_id), "ADDRESSES")
