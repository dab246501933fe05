from chalicelib.table import Key, company_partition, in_table


@in_table("one", "S")
def order_files(company_id: str, order_id: str) -> Key:
    """The files of an order."""
    return Key(company_partition(company_id), f"ORDERFILES#{order_id}")
