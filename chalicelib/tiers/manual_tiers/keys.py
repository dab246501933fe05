from chalicelib.table import Key, company_partition, in_gsi1, in_table


@in_table("newest first", "S")
def manual_tier(company_id: str, at: str = "", grant_id: str = "") -> Key:
    """The manual tiers of a company.

    They lie beside the standing, so that one query reads both. Without a time and an id: the prefix of the list.
    """
    return Key(company_partition(company_id), f"STANDING#MANUAL#{at}{'#' if at else ''}{grant_id}")


@in_gsi1("by time")
def manual_tier_list(at: str, grant_id: str) -> Key:
    """The manual tiers of all companies, newest first."""
    return Key("MANUALTIERS", f"{at}#{grant_id}")
