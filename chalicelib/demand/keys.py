"""Keys of wishes for goods that are not to be had."""

from chalicelib.table.key import Key, in_gsi1, in_gsi2, in_table


@in_table("one", "S")
def demand(demand_id: str) -> Key:
    """A partner's wish."""
    return Key(f"DEMAND#{demand_id}", "DEMAND")


@in_gsi1("by time")
def demand_list(company_id: str, member_id: str, at: str, demand_id: str) -> Key:
    """The wishes of a member, newest first."""
    return Key(f"DEMANDS#{company_id}#{member_id}", f"{at}#{demand_id}")


@in_gsi2("oldest first")
def wanted(sku: str, at: str, demand_id: str) -> Key:
    """The wishes for an article. Without an article number: wishes in words, which name no product."""
    return Key(f"WANTED#{sku}", f"{at}#{demand_id}")


@in_table("one", "S")
def demand_count(sku: str) -> Key:
    """The number of those who wait for an article."""
    return Key(f"DEMANDED#{sku}", "COUNT")


@in_gsi1("most first")
def demand_rank(demands: int, units: int, sku: str) -> Key:
    """The articles that are wanted most. As texts the numbers sort as they do as numbers."""
    return Key("DEMANDED", f"{demands:09d}#{units:015d}#{sku}")
