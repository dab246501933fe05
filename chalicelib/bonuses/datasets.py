"""Entries of the bonus ledger as a table for SQL."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from chalicelib.bonuses.ledger.rules import Posting
from chalicelib.platform.registry.datasets import Column, Dataset, Image, ItemRows, Row, Source
from chalicelib.table import Key, from_item

BONUS_ENTRIES = Dataset(
    "bonus_entries",
    "Entries of the bonus ledger; those of a posting sum to zero",
    (
        Column("posting_id", "text", "The posting"),
        Column("company_id", "text", "The company whose bonuses they are"),
        Column("day", "day", "The day of the posting"),
        Column("cause", "text", "The cause of the posting, such as `accrual`"),
        Column("account", "text", "Account of the ledger, such as `available`"),
        Column("lot_expires_on", "day", "The day on which the lot expires that it moves"),
        Column("currency", "text", "Of the amount"),
        Column("amount", "amount", "Sum of the entry"),
    ),
)


def _posting(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    posting = from_item(Posting, item)
    rows: list[Row] = [
        {
            "posting_id": posting.posting_id,
            "company_id": posting.company_id,
            "day": posting.day,
            "cause": posting.cause.kind,
            "account": str(entry.account),
            "lot_expires_on": entry.lot,
            "currency": posting.currency,
            "amount": entry.amount,
        }
        for entry in posting.entries
    ]
    yield ItemRows(BONUS_ENTRIES, Key(item["pk"], item["sk"]), rows)


SOURCES = (Source("LEDGER", "POSTING", (BONUS_ENTRIES,), _posting),)
