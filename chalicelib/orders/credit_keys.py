"""Keys of credit."""

from chalicelib.table.key import Key, company_partition, in_table


@in_table("one", "E, T")
def credit(company_id: str) -> Key:
    """The sums that a company has on order and owes."""
    return Key(company_partition(company_id), "CREDIT")
