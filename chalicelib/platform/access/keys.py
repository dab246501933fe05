"""Keys of the rights of callers."""

from chalicelib.table.key import Key, in_table


@in_table("one", "E, S, T")
def membership(member_id: str) -> Key:
    """The company, the distributor or the club that a member acts for."""
    return Key(f"MEMBER#{member_id}", "MEMBERSHIP")


@in_table("one", "T")
def disabled_client(client_id: str) -> Key:
    """The mark of a machine client that was disabled."""
    return Key(f"CLIENT#{client_id}", "DISABLED")
