from chalicelib.table import Key, in_table


@in_table("one", "E")
def results(issue_id: str) -> Key:
    """The results of an issue, as they were counted last."""
    return Key(f"ISSUE#{issue_id}", "TOTALS")


@in_table("one", "E")
def series_results(series_id: str) -> Key:
    """The results of a series, as they were counted last."""
    return Key(f"SERIES#{series_id}", "TOTALS")
