from chalicelib.table import Key, company_partition, in_table


@in_table("one", "E, S")
def standing(company_id: str) -> Key:
    """The tier of a company, today and on the days to come."""
    return Key(company_partition(company_id), "STANDING")
