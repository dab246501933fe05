from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def sign_in(sign_in_id: str) -> Key:
    """A sign-in under way."""
    return Key(f"SIGNIN#{sign_in_id}", "SIGNIN")


@in_gsi1("by time")
def sign_in_list(email: str, at: str, sign_in_id: str) -> Key:
    """The sign-ins with an address, and the changes of it to another one."""
    return Key(f"SIGNINS#{email}", f"{at}#{sign_in_id}")


@in_table("one", "S")
def email_change(change_id: str) -> Key:
    """A change of a member's email under way."""
    return Key(f"EMAILCHANGE#{change_id}", "EMAILCHANGE")


@in_table("one", "S")
def email_changed(change_id: str) -> Key:
    """The former address of a member, for the letter that tells it of the change."""
    return Key(f"EMAILCHANGE#{change_id}", "DONE")


@in_table("by member", "E")
def visits(quarter: str, shard: int, member_id: str = "") -> Key:
    """The days of a quarter on which members used the club. Without a member: the partition of a shard."""
    return Key(f"VISITS#{quarter}#{shard}", member_id)
