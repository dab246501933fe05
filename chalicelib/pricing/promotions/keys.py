from datetime import date

from chalicelib.table import Key, company_partition, in_gsi1, in_table


@in_table("one", "S")
def promotion(promotion_id: str) -> Key:
    """A promotion."""
    return Key(f"PROMOTION#{promotion_id}", "PROMOTION")


@in_gsi1("by last day")
def promotion_list(last: date | None, promotion_id: str) -> Key:
    """The promotions, latest last day first. Without a day: the partition of the list."""
    return Key("PROMOTIONS", f"{last.isoformat() if last else ''}#{promotion_id}")


@in_table("one", "E, S")
def running_promotions() -> Key:
    """The promotions that make prices."""
    return Key("PROMOTIONS", "RUNNING")


@in_table("one", "S, T")
def promotion_used(promotion_id: str) -> Key:
    """The units that orders took of a promotion's limits."""
    return Key(f"PROMOTION#{promotion_id}", "USED")


@in_table("one", "E, T")
def promotions_used(company_id: str) -> Key:
    """The number of times that a company used each promotion."""
    return Key(company_partition(company_id), "PROMOTIONS")
