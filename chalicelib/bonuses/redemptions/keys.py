from chalicelib.table import Key, company_partition, in_gsi1, in_gsi2, in_table


@in_table("one", "S, T")
def redemption(company_id: str, redemption_id: str) -> Key:
    """A redemption."""
    return Key(company_partition(company_id), f"REDEMPTION#{redemption_id}")


@in_table("one", "S, T")
def redemption_for_order(company_id: str, order_id: str) -> Key:
    """The redemption of an order. There as long as the redemption is reserved: an order holds one at most."""
    return Key(company_partition(company_id), f"FORORDER#{order_id}")


@in_gsi1("by time")
def redemption_list(company_id: str, at: str, redemption_id: str) -> Key:
    """The redemptions of a company, newest first."""
    return Key(f"REDEMPTIONS#{company_id}", f"{at}#{redemption_id}")


@in_gsi2("oldest first")
def redemptions_waiting(at: str, redemption_id: str) -> Key:
    """The redemptions that wait for the staff."""
    return Key("REDEMPTIONS", f"{at}#{redemption_id}")
