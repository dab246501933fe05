"""Keys of rollups. All of a company's lie in its own partition."""

from datetime import date

from chalicelib.table import Key, company_partition, in_gsi1, in_gsi2, in_table, shard_of

DEFINITION = 4  # of a rollup: a higher one is built beside those before it. 4: rows of goods by day


@in_table("by kind and time", "E, S")
def history(company_id: str) -> Key:
    """The months, bonuses and tiers of a company: the prefix of the list."""
    return Key(company_partition(company_id), "ROLLUP#")


@in_table("by month", "E, S")
def month(company_id: str, month: date, definition: int = DEFINITION) -> Key:
    """The sums of a company in a month."""
    return Key(company_partition(company_id), f"ROLLUP#MONTH#{definition:02d}#{month:%Y-%m}")


@in_table("one", "S")
def built(company_id: str, definition: int = DEFINITION) -> Key:
    """The mark of a company whose months are all folded by a definition."""
    return Key(company_partition(company_id), f"ROLLUP#BUILT#{definition:02d}")


@in_table("by month", "E")
def bonuses(company_id: str, month: date) -> Key:
    """The balances of a company's bonuses at the end of a month."""
    return Key(company_partition(company_id), f"ROLLUP#BONUS#{month:%Y-%m}")


@in_table("by day", "E")
def tier(company_id: str, day: date, at: str) -> Key:
    """The tiers of a company as they were announced."""
    return Key(company_partition(company_id), f"ROLLUP#TIER#{day.isoformat()}#{at}")


@in_table("by month", "E")
def rows(company_id: str, month: date, definition: int = DEFINITION) -> Key:
    """The rows of a company's months, by grouping."""
    return Key(company_partition(company_id), f"ROLLUPROWS#{definition:02d}#{month:%Y-%m}")


@in_gsi2("by company and month")
def stale(company_id: str, month: date) -> Key:
    """The months whose facts moved since they were folded."""
    return Key(stale_shard(shard_of(company_id)), f"{company_id}#{month:%Y-%m}")


def stale_shard(shard: int) -> str:
    """The partition of one shard of `stale`."""
    return f"STALEMONTHS#{shard}"


@in_table("one", "S")
def rebuild(rebuild_id: str) -> Key:
    """A rebuild of all rollups."""
    return Key(f"REBUILD#{rebuild_id}", "REBUILD")


@in_table("by part", "S")
def rebuild_part(rebuild_id: str, part: int) -> Key:
    """A part of a rebuild."""
    return Key(f"REBUILD#{rebuild_id}", f"PART#{part:06d}")


@in_gsi1("by time")
def rebuild_list(at: str, rebuild_id: str) -> Key:
    """The rebuilds of rollups, newest first."""
    return Key("REBUILDS", f"{at}#{rebuild_id}")
