from chalicelib.table import Key, company_partition, in_gsi1, in_table


@in_table("one", "T")
def company_result(company_id: str, wave_id: str) -> Key:
    """The outcome of a company of a wave."""
    return Key(company_partition(company_id), f"RESULT#{wave_id}")


@in_gsi1("by unit")
def result_list(wave_id: str, unit: str, company_id: str) -> Key:
    """The outcomes of the companies of a wave."""
    return Key(f"RESULTS#{wave_id}", f"{unit}#{company_id}")
