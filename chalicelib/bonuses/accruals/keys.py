from datetime import date

from chalicelib.table import Key, company_partition, in_table


@in_table("one", "S")
def accrual(company_id: str, source: str, document: str) -> Key:
    """The bonuses that a document and its returns earned."""
    return Key(company_partition(company_id), f"ACCRUAL#{source}#{document}")


def accruals() -> str:
    """The prefix of the accruals of a company."""
    return "ACCRUAL#"


@in_table("by day", "E, S")
def accrued(company_id: str, day: date, source: str, case: str, document: str) -> Key:
    """The accruals of a company by day.

    `case`: the document in whose accrual this one's is kept; most often its own.
    """
    return Key(company_partition(company_id), f"ACCRUED#{day.isoformat()}#{source}#{case}#{document}")


def accrued_day(day: date | None = None) -> str:
    """The place where the accruals of this day begin, and those of the day before end.

    Without a day: the prefix of the list.
    """
    return f"ACCRUED#{day.isoformat() if day else ''}"
