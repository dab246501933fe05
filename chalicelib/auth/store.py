"""A sign-in under way, as it lies in the table. Light: the triggers use it too.

SIGNIN: sign_in_id, email, language, created_at, code_expires_at (epoch s), tries, tries_allowed, code_hash (once the letter is
on its way), member_id (a known address), registration (who wants to join), used_at and used_by (spent for tokens).

VISITS: the days of a quarter (UTC) on which a member got a token, which is every 15 minutes while somebody works with the club; kept until the
figures of the quarter are counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.auth import keys
from chalicelib.members import membership_key
from chalicelib.platform import clock
from chalicelib.platform.quarters import quarter_of
from chalicelib.table.client import Table
from chalicelib.table.key import Key, shard_of, shards
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


# --- visits -----------------------------------------------------------------------------------------------------------

KEEP_DAYS = 200  # of visits: the quarter, and the one after it


def note_visit(table: Table, member_id: str, at: datetime) -> None:
    """Notes that the member used the club on this day, once however often it is told. One write."""
    day = at.date()
    table.update(
        keys.visits(quarter_of(day), shard_of(member_id), member_id),
        put={"expires_at": clock.epoch(at) + KEEP_DAYS * 86_400},
        add={"days": {day.isoformat()}},
    )


def visits(table: Table, quarter: str) -> Iterator[tuple[str, set[str]]]:
    """The members who used the club in a quarter, and their days; a query for each shard and MB."""
    for shard in shards():
        for item in table.query_all(keys.visits(quarter, shard).pk):
            yield item["sk"], item["days"]


def visits_of(table: Table, member_id: str, quarters: Iterable[str]) -> list[str]:
    """The days of a member, the earliest first. One read."""
    found = table.get_many([keys.visits(each, shard_of(member_id), member_id) for each in quarters])
    return sorted(day for item in found.values() for day in item["days"])


def visits_of_members(table: Table, member_ids: Iterable[str], quarters: Sequence[str]) -> set[str]:
    """The days on which any of the members used the club. One read a hundred."""
    wanted = [keys.visits(quarter, shard_of(each), each) for each in member_ids for quarter in quarters]
    return {day for item in table.get_many(wanted).values() for day in item["days"]} if wanted else set()


def forget_visits(table: Table, member_id: str, quarters: Iterable[str]) -> None:
    table.delete_many([keys.visits(each, shard_of(member_id), member_id) for each in quarters])
