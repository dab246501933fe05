from chalicelib.table import Key, in_table


@in_table("by zone", "S")
def run(issue_id: str, zone: str) -> Key:
    """The runs of an issue, by time zone."""
    return Key(f"ISSUE#{issue_id}", f"RUN#{zone}")


@in_table("by shard", "S")
def run_part(issue_id: str, zone: str, shard: int) -> Key:
    """The progress of a run in one shard of its audience."""
    return Key(f"ISSUE#{issue_id}", f"PART#{zone}#{shard}")


@in_table("one", "S, T")
def reports(issue_id: str) -> Key:
    """The counts of an issue's letters that bounced and were complained of."""
    return Key(f"ISSUE#{issue_id}", "REPORTS")
