from chalicelib.table.key import Key, in_gsi2, in_table


@in_table("one", "S, T")
def approval(approval_id: str) -> Key:
    """A decision above the club's bounds, and its result."""
    return Key(f"APPROVAL#{approval_id}", "APPROVAL")


@in_table("one", "S, T")
def alone(author: str, month: str, company_id: str = "") -> Key:
    """The sums that an author has given alone in a month: to a company, or without one to all companies."""
    return Key(f"ALONE#{author}", f"{month}#{company_id}")


@in_gsi2("oldest first")
def approvals_waiting(at: str, approval_id: str) -> Key:
    """Decisions that wait for a second person."""
    return Key("APPROVALS", f"{at}#{approval_id}")
