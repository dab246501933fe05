from chalicelib.table import Key, in_table


@in_table("newest first", "E")
def notice(member_id: str, notification_id: str) -> Key:
    """The notifications of a member."""
    return Key(f"NOTICES#{member_id}", f"NOTICE#{notification_id}")


@in_table("one", "E")
def read_mark(member_id: str) -> Key:
    """The mark up to which a member has read all notifications."""
    return Key(f"NOTICES#{member_id}", "READ")
