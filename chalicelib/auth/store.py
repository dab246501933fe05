"""A sign-in under way, as it lies in the table. Light: the triggers use it too.

SIGNIN: sign_in_id, email, language, created_at, code_expires_at (epoch s), tries, tries_allowed, code_hash (once the letter is
on its way), member_id (a known address), registration (who wants to join), used_at and used_by (spent for tokens).
"""

from boto3.dynamodb.conditions import Attr

from chalicelib.auth import keys
from chalicelib.members import membership_key
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Refused


def spend_try(table: Table, key: Key, now: int) -> Item | None:
    """Counts one try of a code before the code is looked at, so that parallel guesses cannot share one.

    `key`: of a sign-in, or of a change of address. Returns its item with the try counted; None when it may not be tried: unknown, expired, used, or tried too often.
    """
    allowed = Attr("code_expires_at").gt(now) & Attr("tries").lt(Attr("tries_allowed")) & Attr("used_at").not_exists()
    try:
        return table.update(key, add={"tries": 1}, when=allowed)
    except Refused:
        return None


def use(table: Table, sign_in_id: str, member_id: str, at: str, attempt: str) -> bool:
    """Spends the sign-in for tokens, once. True again for the same attempt, whose first reply may have been lost."""
    unused = Attr("used_at").not_exists() | Attr("used_by").eq(attempt)
    try:
        table.update(
            keys.sign_in(sign_in_id),
            put={"used_at": at, "used_by": attempt},
            when=Attr("session_for").eq(member_id) & unused,
        )
    except Refused:
        return False
    return True


def open_session(table: Table, sign_in_id: str, member_id: str) -> None:
    """Opens the sign-in, after the right code, to a session of this member."""
    table.update(keys.sign_in(sign_in_id), put={"session_for": member_id}, when=Attr("pk").exists())


def read_membership(table: Table, member_id: str) -> Item | None:
    return table.get(membership_key(member_id), consistent=True)
