from chalicelib.table import Key, in_gsi1, in_gsi2, in_table


@in_table("one", "S")
def demand(demand_id: str) -> Key:
    """A demand."""
    return Key(f"DEMAND#{demand_id}", "DEMAND")


@in_gsi1("by time")
def demand_list(company_id: str, member_id: str, at: str, demand_id: str) -> Key:
    """The demands of a member, newest first."""
    return Key(f"DEMANDS#{company_id}#{member_id}", f"{at}#{demand_id}")


@in_gsi2("oldest first")
def wanted(sku: str, at: str, demand_id: str) -> Key:
    """The open demands for an article; with an empty sku, those described in words."""
    return Key(f"WANTED#{sku}", f"{at}#{demand_id}")


@in_table("one", "S")
def demand_count(sku: str) -> Key:
    """The count of open demands for an article."""
    return Key(f"DEMANDED#{sku}", "COUNT")


@in_gsi1("most first")
def demand_rank(demands: int, units: int, sku: str) -> Key:
    """The articles wanted most. Padded numbers sort as texts."""
    return Key("DEMANDED", f"{demands:09d}#{units:015d}#{sku}")
