"""Items of readings.

READING   one opening or click, kept as it came; the same one is kept once
READINGS  all of them, judged together; made again with each, and written by the worker that saw the most
"""

from collections.abc import Sequence
from contextlib import suppress

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns.tracking import keys
from chalicelib.campaigns.tracking.model import Reading, Readings
from chalicelib.platform import Context
from chalicelib.table import Refused, Table, from_item, to_item

KEEP_DAYS = 400
MOST = 100  # of a letter: whoever comes back more often has been seen


def readings_of(table: Table, letter_id: str) -> list[Reading]:
    """At most MOST and one more."""
    key = keys.reading(letter_id, "", "")
    found = table.query(key.pk, starts="READING#", limit=MOST + 1, consistent=True).items
    return [from_item(Reading, item) for item in found]


def keep(context: Context, letter_id: str, reading_id: str, reading: Reading) -> None:
    """Keeps a reading; one that is there already stays."""
    key = keys.reading(letter_id, reading.at, reading_id)
    expires_at = context.expiry(days=KEEP_DAYS)
    with suppress(Refused):
        context.table.put({**key.as_item(), **to_item(reading), "expires_at": expires_at}, when=Attr("pk").not_exists())


def keep_together(context: Context, letter_id: str, together: Readings) -> None:
    newer = Attr("pk").not_exists() | Attr("seen").lte(together.seen)
    expires_at = context.expiry(days=KEEP_DAYS)
    with suppress(Refused):
        context.table.put(
            {**keys.readings(letter_id).as_item(), **to_item(together), "expires_at": expires_at}, when=newer
        )


def together_of(table: Table, letter_ids: Sequence[str]) -> dict[str, Readings]:
    """By letter id, of those that somebody read; one call per 100."""
    wanted = {keys.readings(each): each for each in letter_ids}
    return {wanted[key]: from_item(Readings, item) for key, item in table.get_many(wanted).items()}
