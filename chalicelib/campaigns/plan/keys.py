"""Keys of the content plan."""

from chalicelib.table.key import Key, in_gsi1, in_table


@in_table("one", "S")
def issue(issue_id: str) -> Key:
    """An issue of the content plan."""
    return Key(f"ISSUE#{issue_id}", "ISSUE")


@in_table("one", "S")
def issue_texts(issue_id: str) -> Key:
    """The texts of an issue, which would make the plan too large to read."""
    return Key(f"ISSUE#{issue_id}", "TEXTS")


@in_gsi1("by slot")
def plan(slot: str, issue_id: str) -> Key:
    """The content plan."""
    return Key("PLAN", f"{slot}#{issue_id}")
