from chalicelib.table import Key, in_gsi1, in_gsi2, in_table


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


@in_gsi2("oldest first")
def campaign_work(at: str, kind: str, issue_id: str, zone: str = "") -> Key:
    """The work of campaigns, by the moment it is due: an issue's audience (`AUDIENCE`), its letters in one time zone (`RUN`)."""
    return Key("CAMPAIGNS", f"{at}#{kind}#{issue_id}#{zone}")
