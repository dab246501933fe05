from chalicelib.table import Key, in_gsi1, in_table


@in_table("by time", "E")
def reading(report_id: str, at: str, member_id: str, file_id: str) -> Key:
    """The readings of a report, with who and when."""
    return Key(f"REPORT#{report_id}", f"READ#{at}#{member_id}#{file_id}")


@in_table("by report", "E")
def reader(member_id: str, report_id: str) -> Key:
    """A member as a reader of each report."""
    return Key(f"REPORTREADER#{member_id}", f"REPORT#{report_id}")


@in_table("one", "E")
def visit(member_id: str) -> Key:
    """The last visits of a member to the reports; in the partition of what they read, so that one query reads both."""
    return Key(f"REPORTREADER#{member_id}", "VISIT")


@in_gsi1("by time")
def readers(report_id: str, last_at: str, member_id: str) -> Key:
    """The readers of a report."""
    return Key(f"REPORTREADERS#{report_id}", f"{last_at}#{member_id}")
