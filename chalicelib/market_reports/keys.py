"""Keys of reports."""

from chalicelib.table.key import Key, in_gsi1, in_table


@in_table("one", "E")
def report(report_id: str) -> Key:
    """A report."""
    return Key(f"REPORT#{report_id}", "REPORT")


@in_table("one", "E")
def report_text(report_id: str, language: str) -> Key:
    """The text of a report in one language."""
    return Key(f"REPORT#{report_id}", f"TEXT#{language}")


@in_gsi1("by time")
def report_list(at: str, report_id: str) -> Key:
    """The reports, newest first."""
    return Key("REPORTS", f"{at}#{report_id}")


@in_table("by time", "E")
def report_read(report_id: str, at: str, member_id: str) -> Key:
    """The readings of a report."""
    return Key(f"REPORT#{report_id}", f"READ#{at}#{member_id}")
