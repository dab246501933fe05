from datetime import date

from chalicelib.table import Key, company_partition, in_gsi1, in_table


@in_table("by day", "S")
def day_total(company_id: str, day: date | None = None, other: str = "") -> Key:
    """The purchases of a company by day; those in an `other` currency than its own beside them. Without a day: the prefix of the list."""
    return Key(company_partition(company_id), f"DAY#{day.isoformat() if day else ''}{f'#{other}' if other else ''}")


@in_table("latest first", "E, S")
def sale(company_id: str, day: date, source: str, document: str, revision: int) -> Key:
    """The documents of a company."""
    return Key(company_partition(company_id), f"SALE#{day.isoformat()}#{source}#{document}#{revision:06d}")


def sale_day(day: date) -> str:
    """The place where the documents of this day begin, and those of the day before end."""
    return f"SALE#{day.isoformat()}"


@in_table("one", "S")
def shipped(company_id: str, kind: str, number: str) -> Key:
    """The shipments of a company, or its returns, under one number."""
    return Key(company_partition(company_id), f"SHIPPED#{kind}#{number}")


@in_table("by number", "S")
def sale_lines(sale: Key, number: int) -> Key:
    """The further lines of a long document. Beside the document, and out of the way of the list."""
    return Key(sale.pk, f"LINES{sale.sk.removeprefix('SALE')}#{number:03d}")


@in_table("one", "S")
def document(source: str, number: str) -> Key:
    """The newest revision of a document."""
    return Key(f"DOCUMENT#{source}#{number}", "HEAD")


@in_gsi1("by day")
def document_list(source: str, day: date, shard: int, number: str) -> Key:
    """The documents of a source, by month and shard."""
    return Key(f"DOCUMENTS#{source}#{day:%Y-%m}#{shard}", f"{day.isoformat()}#{number}")
