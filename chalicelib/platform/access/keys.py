from chalicelib.table.key import Key, in_table


@in_table("one", "E, S, T")
def membership(member_id: str) -> Key:
    """The company, the distributor or the club that a member acts for."""
    return Key(f"MEMBER#{member_id}", "MEMBERSHIP")


@in_table("one", "T")
def disabled_client(client_id: str) -> Key:
    """The mark of a machine client that was disabled."""
    return Key(f"CLIENT#{client_id}", "DISABLED")


@in_table("one", "E")
def bound_client(client_id: str) -> Key:
    """The distributor that a machine client works for."""
    return Key(f"CLIENT#{client_id}", "DISTRIBUTOR")


@in_table("newest first", "E")
def journal(month: str, entry: str = "") -> Key:
    """The writes of those who act for the club or for a distributor, of a month (`2026-11`). Without an entry: the prefix of the list."""
    return Key(f"JOURNAL#{month}", entry)
