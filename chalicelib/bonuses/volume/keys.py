from datetime import date

from chalicelib.table import Key, company_partition, in_table


@in_table("by programme", "S")
def volume_course(company_id: str, programme: str) -> Key:
    """The progress of a company in the volume programmes. Without a programme: the prefix of the list."""
    return Key(company_partition(company_id), f"PERIODS#{programme}")


@in_table("newest first", "E, T")
def period(company_id: str, last: date | None, programme: str) -> Key:
    """The closed periods of a company. Without a day and a programme: the prefix of the list."""
    return Key(company_partition(company_id), f"PERIOD#{last.isoformat()}#{programme}" if last else "PERIOD#")
