from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def report(report_id: str) -> Key:
    """A report: its versions, and who drafted it."""
    return Key(f"REPORT#{report_id}", "REPORT")


@in_table("one", "S")
def content(report_id: str, number: int) -> Key:
    """The content of a version of a report."""
    return Key(f"REPORT#{report_id}", f"VERSION#{number:03d}")


@in_table("one", "S")
def text(report_id: str, number: int, language: str) -> Key:
    """The long text of a version in one language."""
    return Key(f"REPORT#{report_id}", f"TEXT#{number:03d}#{language}")


@in_table("one", "S")
def charts(report_id: str, number: int) -> Key:
    """The charts of a version."""
    return Key(f"REPORT#{report_id}", f"CHARTS#{number:03d}")


@in_table("one", "S")
def draft_files(report_id: str, number: int) -> Key:
    """The files of a draft."""
    return Key(f"REPORT#{report_id}", f"DRAFTFILES#{number:03d}")


@in_gsi1("by time")
def published(visible_from: str, report_id: str) -> Key:
    """The versions that readers see or will see, newest first."""
    return Key("REPORTS", f"{visible_from}#{report_id}")


@in_gsi1("by time")
def report_list(created_at: str, report_id: str) -> Key:
    """All reports, drafts too, for the staff."""
    return Key("ALLREPORTS", f"{created_at}#{report_id}")
