from datetime import date

from chalicelib.table import CREATED_ONLY, Key, company_partition, in_gsi1, in_table, shard_of


@in_table("one", "E, S")
def bonuses(company_id: str) -> Key:
    """The bonuses of a company."""
    return Key(company_partition(company_id), "BONUS")


@in_gsi1("by company")
def bonuses_moved(day: date, company_id: str) -> Key:
    """The companies whose bonuses moved on a day.

    The newest day only: a company that moves again is listed again on that day, and no more on the first.
    """
    return Key(bonuses_moved_shard(day, shard_of(company_id)), company_id)


def bonuses_moved_shard(day: date, shard: int) -> str:
    """The partition of one shard of `bonuses_moved`."""
    return f"MOVED#{day.isoformat()}#{shard}"


@in_table("by time", "E, S")
def posting(company_id: str, at: str, sequence: int | None) -> Key:
    """The postings of a company's ledger.

    Without a sequence: where the postings of this moment begin; without a moment too: the prefix of the list.
    """
    return Key(f"{CREATED_ONLY}{company_id}", f"POSTING#{at}" + ("" if sequence is None else f"#{sequence:08d}"))


@in_table("one", "S, T")
def posting_cause(company_id: str, posting_id: str) -> Key:
    """The postings of a cause."""
    return Key(f"{CREATED_ONLY}{company_id}", f"CAUSE#{posting_id}")
