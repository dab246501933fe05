from chalicelib.table import Key, company_partition, in_gsi2, in_table


@in_table("one", "S")
def adjustment(company_id: str, adjustment_id: str) -> Key:
    """An adjustment of a company's bonuses."""
    return Key(company_partition(company_id), f"ADJUSTMENT#{adjustment_id}")


@in_gsi2("oldest first")
def adjustments_waiting(at: str, adjustment_id: str) -> Key:
    """The adjustments that wait for a second approval."""
    return Key("ADJUSTMENTS", f"{at}#{adjustment_id}")
