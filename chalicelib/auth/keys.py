"""Keys of sign-ins."""

from chalicelib.table.key import Key, in_table


@in_table("one", "S")
def sign_in(sign_in_id: str) -> Key:
    """A sign-in under way."""
    return Key(f"SIGNIN#{sign_in_id}", "SIGNIN")
