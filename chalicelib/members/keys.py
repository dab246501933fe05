from chalicelib.table import Key, folded, in_gsi1, in_table

STAFF = "STAFF"


@in_table("one", "E")
def member(member_id: str) -> Key:
    """A member's profile with the consents that hold; next to `membership`, so that one query reads both."""
    return Key(f"MEMBER#{member_id}", "PROFILE")


@in_table("one", "S")
def leaver(member_id: str) -> Key:
    """A member who has left and is not erased everywhere yet."""
    return Key(f"MEMBER#{member_id}", "LEFT")


@in_table("by company", "S")
def spoken_for(member_id: str, company_id: str) -> Key:
    """The companies that a member has acted for, so that an erasure finds them all."""
    return Key(f"MEMBER#{member_id}", f"COMPANY#{company_id}")


@in_table("by time", "E")
def consent_log(member_id: str, version: int, purpose: str) -> Key:
    """The consents that a member gave and withdrew.

    By the version of the member that the answer made, so that no two answers meet.
    """
    return Key(f"MEMBER#{member_id}", f"CONSENTLOG#{version:06d}#{purpose}")


@in_table("one", "S")
def email_owner(email: str) -> Key:
    """The member that has this email."""
    return Key(f"EMAIL#{email}", "OWNER")


@in_gsi1("by id")
def member_list(shard: int, member_id: str) -> Key:
    """All members, in shards that are read side by side."""
    return Key(f"MEMBERS#{shard}", member_id)


@in_gsi1("by name")
def staff_list(name: str, member_id: str) -> Key:
    """The staff."""
    return Key(STAFF, f"{folded(name)}#{member_id}")
