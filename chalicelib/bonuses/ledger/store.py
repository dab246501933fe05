"""Items of a company's book and its postings.

BONUS (the company's partition): the book's sums; in the due index on the next expiry or letter, in gsi1 by the day of its last movement.
lots: {expires_on: [opened, credited, {month: spent}]}, short, since the whole item is to be read with one unit.

POSTING and CAUSE (the partition LEDGER#): created, never changed or deleted; the functions' policies deny both. CAUSE names the posting
of a cause; without `sequence` nothing moved and there is none.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.bonuses.events import BONUS_POSTED
from chalicelib.bonuses.ledger import keys
from chalicelib.bonuses.ledger.rules import Book, Cause, Lot, Posting
from chalicelib.platform import keys as platform_keys
from chalicelib.table import Item, Page, Table, Transaction, at_version, from_item, shards, to_item

DUE = "bonuses"
BOOK = "book"  # label: the book changed meanwhile
POSTED = "posting"  # label: the cause was posted before


def read_book(table: Table, company_id: str, *, consistent: bool = False) -> Book | None:
    """One call; one unit of up to 8 KB, of up to 4 KB when consistent."""
    item = table.get(keys.bonuses(company_id), consistent=consistent)
    return book_of(item) if item else None


def write_book(tx: Transaction, before: Book, after: Book, due: date | None) -> None:
    """Refused with label `book` if it changed since `before`. `due`: the next day of a letter or an expiry."""
    indexes = keys.bonuses_moved(after.day, after.company_id).as_gsi1()
    if due:
        indexes |= platform_keys.due(DUE, due, after.company_id).as_gsi2()
    lots = {expires_on.isoformat(): _lot_item(lot) for expires_on, lot in after.lots.items()}
    tx.put(
        {**keys.bonuses(after.company_id).as_item(), **indexes, **to_item(replace(after, lots={})), "lots": lots},
        when=at_version(before.version),
        label=BOOK,
    )


def book_of(item: Item) -> Book:
    lots = {date.fromisoformat(day): lot for day, lot in item["lots"].items()}
    return replace(
        from_item(Book, {**item, "lots": {}}), lots={day: _lot_of(day, lot) for day, lot in sorted(lots.items())}
    )


def _lot_item(lot: Lot) -> list[Any]:
    return [
        lot.opened.isoformat(),
        lot.credited,
        {month.isoformat()[:7]: amount for month, amount in lot.spent.items()},
    ]


def _lot_of(expires_on: date, item: list[Any]) -> Lot:
    opened, credited, spent = item
    months = {date.fromisoformat(f"{month}-01"): amount for month, amount in spent.items()}
    return Lot(expires_on, date.fromisoformat(opened), credited, months)


def moved_on(table: Table, day: date) -> Iterator[str]:
    """Ids of the companies whose books last moved on this day."""
    for shard in shards():
        for item in table.query_all(keys.bonuses_moved_shard(day, shard), index="gsi1"):
            yield item["company_id"]


# --- postings ---------------------------------------------------------------------------------------------------------


def create_posting(tx: Transaction, posting: Posting) -> None:
    """Refused with label `posting` if its cause was posted before."""
    place = keys.posting(posting.company_id, posting.at, posting.sequence)
    tx.create({**place.as_item(), "event": BONUS_POSTED, **to_item(posting)}, label=BOOK)
    create_cause(tx, posting.company_id, posting.posting_id, posting.cause, posting)


def create_cause(tx: Transaction, company_id: str, posting_id: str, cause: Cause, posting: Posting | None) -> None:
    """The mark that keeps a cause from being posted twice, for ever. Refused with label `posting` if it is there."""
    place = {"at": posting.at, "sequence": posting.sequence} if posting else {}
    marker = keys.posting_cause(company_id, posting_id).as_item()
    tx.create({**marker, "kind": cause.kind, "key": list(cause.key), **place}, label=POSTED)


def posted(table: Table, company_id: str, posting_id: str) -> tuple[bool, Posting | None]:
    """Whether the cause was posted, and its posting; None if nothing moved. Two calls at most, consistent."""
    marker = table.get(keys.posting_cause(company_id, posting_id), consistent=True)
    if marker is None or "sequence" not in marker:
        return marker is not None, None
    item = table.get(keys.posting(company_id, marker["at"], int(marker["sequence"])), consistent=True)
    return True, from_item(Posting, item) if item else None


def postings(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Newest first."""
    return table.query(keys.posting(company_id, "", None), limit=limit, after=after, newest_first=True)


def postings_between(
    table: Table, company_id: str, first: str, until: str, limit: int, after: dict[str, str] | None
) -> Page:
    """Oldest first, those recorded from this moment on and before that one."""
    between = (keys.posting(company_id, first, None).sk, keys.posting(company_id, until, None).sk)
    return table.query(keys.posting(company_id, "", None).pk, between=between, limit=limit, after=after)


def postings_from(table: Table, company_id: str, at: str, sequence: int) -> Iterator[Posting]:
    """From this posting on, itself too; from the first one if it has no moment. Oldest first, page after page; consistent."""
    every = keys.posting(company_id, "", None)
    first = keys.posting(company_id, at, sequence if at else None)
    last = keys.posting(company_id, "~", None)  # sorts after every moment
    return (
        from_item(Posting, item) for item in table.query_all(every.pk, between=(first.sk, last.sk), consistent=True)
    )


def last_before(table: Table, company_id: str, until: str, *, consistent: bool = False) -> Posting | None:
    """The newest posting that was recorded before this moment. One call."""
    every = keys.posting(company_id, "", None)
    between = (every.sk, keys.posting(company_id, until, None).sk)
    page = table.query(every.pk, between=between, limit=1, newest_first=True, consistent=consistent)
    return from_item(Posting, page.items[0]) if page.items else None
