from chalicelib.table import Key, company_partition, in_table


@in_table("one", "S, T")
def cart(company_id: str, member_id: str) -> Key:
    """The cart of a member in a company. A member who changes the company gets a new cart."""
    return Key(company_partition(company_id), f"CART#{member_id}")
