"""A sign-in under way, as it lies in the table. Light: the triggers use it too.

SIGNIN: sign_in_id, email, language, created_at, code_expires_at (epoch s), tries, tries_allowed, code_hash (once the letter is
on its way), member_id (a known address), registration (who wants to join), used_at and used_by (spent for tokens).

VISITS: the days of a quarter (UTC) on which a member got a token, which is every 15 minutes while somebody works with the club, or clicked a
link of a letter; `clicks` are the days of the latter. Kept until the figures of the quarter are counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.auth import keys
from chalicelib.members import membership_key
from chalicelib.platform import clock, quarter_of
from chalicelib.table import Item, Joining, Key, Refused, Table, shard_of, shards


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


def read_for_token(table: Table, member_id: str, at: datetime) -> tuple[Item, bool]:
    """The membership, empty for none, and whether the visit of this day is noted. One call."""
    membership, noted = membership_key(member_id), _visits_key(member_id, quarter_of(at.date()))
    found = table.get_many([membership, noted], consistent=True)
    return found.get(membership, {}), at.date().isoformat() in found.get(noted, {}).get("days", ())


# --- visits -----------------------------------------------------------------------------------------------------------

MOST_DAYS = 93  # of a quarter, and one more: a day that is told again is no further one
KEEP_DAYS = 200  # of visits: the quarter, and the one after it


class Activity(NamedTuple):
    """The days on which a member used the club, and those of them with a click on a letter's link; ISO dates."""

    days: set[str]
    clicks: set[str]


def note_visit(table: Table, member_id: str, at: datetime, *, clicked: bool = False) -> None:
    """Notes that the member used the club on this day, once however often it is told. One write. `clicked`: by a link of a letter."""
    day = Joining({at.date().isoformat()}, MOST_DAYS)
    table.update(
        _visits_key(member_id, quarter_of(at.date())),
        put={"expires_at": clock.epoch(at) + KEEP_DAYS * 86_400},
        join={"days": day, "clicks": day} if clicked else {"days": day},
    )


def visits(table: Table, quarter: str) -> Iterator[tuple[str, set[str]]]:
    """The members who used the club in a quarter, and their days; a query for each shard and MB."""
    for shard in shards():
        for item in table.query_all(keys.visits(quarter, shard).pk):
            yield item["sk"], item["days"]


def activity_of(table: Table, member_ids: Iterable[str], quarters: Sequence[str]) -> dict[str, Activity]:
    """By member, of those who used the club in these quarters. One call per 100 members and quarters."""
    activity: dict[str, Activity] = {}
    for key, item in table.get_many(_visits_key(each, quarter) for each in member_ids for quarter in quarters).items():
        days, clicks = activity.get(key.sk, Activity(set(), set()))
        activity[key.sk] = Activity(days | item["days"], clicks | item.get("clicks", set()))
    return activity


def forget_visits(table: Table, member_id: str, quarters: Iterable[str]) -> None:
    table.delete_many([_visits_key(member_id, each) for each in quarters])


def _visits_key(member_id: str, quarter: str) -> Key:
    return keys.visits(quarter, shard_of(member_id), member_id)
