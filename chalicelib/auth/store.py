"""A sign-in under way, as it lies in the table. Light: the triggers use it too.

SIGNIN: sign_in_id, email, language, created_at, code_expires_at (epoch s), code_hash (once the letter is on its way), tried (the hashes of
the codes that came), member_id (a known address), registration (who wants to join), session_for (after the right code), used_at and
attempts (spent for tokens).

VISITS: the days of a quarter (UTC) on which a member got a token, which is every 15 minutes while somebody works with the club, or clicked a
link of a letter; `clicks` are the days of the latter. Kept until the figures of the quarter are counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.auth import keys
from chalicelib.members import membership_key
from chalicelib.platform import clock, quarter_of
from chalicelib.table import Item, Joining, Key, Refused, Table, shard_of, shards

# After a code was used, in which its own sign-in may bring it again: the answer may have been lost.
REPEAT = timedelta(minutes=2)
MOST_ATTEMPTS = 4  # to get tokens by one code


def spend_try(table: Table, key: Key, code_hash: str, most: int, now: datetime) -> Item | None:
    """Notes that this code was tried, before it is looked at, so that parallel guesses cannot share a try.

    A code that was tried before is no further try: it tells the caller nothing new, and the answer to it may have been lost.
    `key`: of a sign-in, or of a change of address. `most`: codes that may be tried. Returns the item with the code noted; None when it
    may not be tried: unknown, expired, used before the time of `REPEAT`, or after too many others.
    """
    waits = Attr("used_at").not_exists() & Attr("code_expires_at").gt(clock.epoch(now))
    try:
        return table.update(
            key,
            join={"tried": Joining({code_hash}, most + 1)},
            when=(waits | _used_just_now(now)) & _has_room("tried", code_hash, most),
        )
    except Refused:
        return None


def use(table: Table, sign_in_id: str, member_id: str, now: datetime, attempt: str) -> bool:
    """Spends the sign-in for tokens; again for the same attempt, and for a few others in the time of `REPEAT`."""
    unused = Attr("used_at").not_exists() | _used_just_now(now)
    try:
        table.update(
            keys.sign_in(sign_in_id),
            default={"used_at": clock.stamp(now)},
            join={"attempts": Joining({attempt}, MOST_ATTEMPTS + 1)},
            when=Attr("session_for").eq(member_id) & unused & _has_room("attempts", attempt, MOST_ATTEMPTS),
        )
    except Refused:
        return False
    return True


def _used_just_now(now: datetime) -> ConditionBase:
    return Attr("used_at").gt(clock.stamp(now - REPEAT))


def _has_room(attribute: str, text: str, most: int) -> ConditionBase:
    """The set has the text already, or fewer than so many."""
    known = Attr(attribute)
    return known.not_exists() | known.size().lt(most) | known.contains(text)


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
