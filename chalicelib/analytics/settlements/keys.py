from datetime import date

from chalicelib.table import Key, company_partition, in_table


@in_table("by day", "E, S")
def settlement(company_id: str, day: date, source: str, document: str) -> Key:
    """The paid documents of a company."""
    return Key(company_partition(company_id), f"SETTLED#{day.isoformat()}#{source}#{document}")


def settlement_day(day: date) -> str:
    """The place where the settlements of this day begin, and those of the day before end."""
    return f"SETTLED#{day.isoformat()}"


@in_table("one", "S, T")
def settled(source: str, document: str) -> Key:
    """The place of a document's settlement: its company and day."""
    return Key(f"DOCUMENT#{source}#{document}", "SETTLED")
