"""The items of a sale.

HEAD   (K16)  what is known of a document: company, day, total, digest and revision; the import that wrote it
SALE   (K15)  one revision, for ever: the document with its lines; new, it is the event `sale.recorded`;
              `superseded_by` says that there is a newer one
LINES  (K38)  the further lines of a revision that does not fit into one item
DAY    (K14)  net amount and number of documents of a company on a day; `returned:YYYY-MM-DD`: what of it was given back on that later day
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.platform.events import record as record_event
from chalicelib.platform.work import Work
from chalicelib.sales.rules import (
    Changes,
    DayKey,
    DayTotals,
    DocumentRef,
    Head,
    Outcome,
    SaleDocument,
    SaleLine,
    merge,
    of_company,
    unpack,
)
from chalicelib.table import Key, Page, Table, Transaction, keys
from chalicelib.table.transactions import MOST_OPERATIONS, Item

LINES_BYTES = 300_000  # in one item; DynamoDB takes 400 KB
MOST_BYTES = 3_500_000  # of one transaction; DynamoDB takes 4 MB
_ITEM_BYTES = 1_000  # more than an item of ours weighs without its lines
_LAST_DAY = date.max - timedelta(days=1)
_EVENT = "sale.recorded"
RETURNED = "returned:"  # and the day on which it took effect: attributes of DAY


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision to be written: the document, what it replaces, and what the days gain by it."""

    document: SaleDocument
    head: Head | None
    outcome: Outcome
    digest: str
    lines: list[str]
    changes: Changes
    import_id: str | None
    as_of: str

    @property
    def number(self) -> int:
        return self.head.revision + 1 if self.head else 1

    @property
    def losers(self) -> set[str]:
        """Companies that a correction takes the document from."""
        return {company for company, _ in self.changes} - {self.document.company_id}

    @property
    def operations(self) -> int:
        """Of the transaction, beside those on day totals."""
        return 1 + len(self.lines) + (1 if self.head else 0) + len(self.losers)

    @property
    def size(self) -> int:
        return sum(len(text.encode()) for text in self.lines) + _ITEM_BYTES * (self.operations + len(self.changes))


def heads(table: Table, documents: Iterable[SaleDocument]) -> dict[DocumentRef, Head]:
    refs = {keys.document(*document.ref): document.ref for document in documents}
    return {refs[key]: _head(item) for key, item in table.get_many(refs, consistent=True).items()}


def lines_of(table: Table, sales: Iterable[Item]) -> dict[Key, list[SaleLine]]:
    """The lines of each of these SALE items, by its key; one more read for all that were too long for one item."""
    further = {key_of(sale): _further(key_of(sale), int(sale["further"])) for sale in sales if sale["further"]}
    found = table.get_many((key for several in further.values() for key in several), consistent=True)
    return {
        key_of(sale): unpack([sale["lines"], *(found[key]["lines"] for key in further.get(key_of(sale), ()))])
        for sale in sales
    }


def current(
    table: Table, company_id: str, first: date | None, last: date | None, limit: int, after: dict[str, str] | None
) -> Page:
    """Newest revisions, latest day first. A page that met replaced revisions holds fewer than `limit`."""
    begin = keys.sale_day(company_id, first or date.min)
    end = keys.sale_day(company_id, min(last or _LAST_DAY, _LAST_DAY) + timedelta(days=1))
    return table.query(
        begin.pk,
        between=(begin.sk, end.sk),
        where=Attr("superseded_by").not_exists(),
        newest_first=True,
        limit=limit,
        after=after,
    )


def days(table: Table, company_id: str, first: date, last: date) -> DayTotals:
    every = keys.day_total(company_id)
    between = keys.day_total(company_id, first).sk, keys.day_total(company_id, last).sk
    net: dict[date, Decimal] = {}
    returned: dict[tuple[date, date], Decimal] = {}
    for item in table.query_all(every.pk, between=between, consistent=True):
        day = date.fromisoformat(item["sk"].removeprefix(every.sk))
        net[day] = item["amount"]
        for name, amount in item.items():
            if name.startswith(RETURNED) and amount:
                returned[day, date.fromisoformat(name.removeprefix(RETURNED))] = amount
    return DayTotals(net, returned)


def packs(revisions: Iterable[Revision]) -> Iterable[list[Revision]]:
    """As many revisions together as one transaction holds. Those of one company come side by side, to share its days."""
    pack: list[Revision] = []
    touched: set[DayKey] = set()
    operations = size = 0
    for revision in sorted(revisions, key=lambda each: (each.document.company_id, each.document.business_date)):
        both = touched | revision.changes.keys()
        if pack and (
            operations + revision.operations + len(both) > MOST_OPERATIONS or size + revision.size > MOST_BYTES
        ):
            yield pack
            pack, both, operations, size = [], set(revision.changes), 0, 0
        pack.append(revision)
        touched = both
        operations += revision.operations
        size += revision.size
    if pack:
        yield pack


def transaction(work: Work, revisions: Iterable[Revision]) -> Transaction:
    """All of these revisions, and what the days gain by them together."""
    tx = Transaction()
    gained: Changes = {}
    for revision in revisions:
        _put_revision(tx, work, revision)
        merge(gained, revision.changes)
    for (company_id, day), (amount, documents) in gained.items():
        tx.update(keys.day_total(company_id, day), add={"amount": amount, "documents": documents})
    return tx


def _put_revision(tx: Transaction, work: Work, revision: Revision) -> None:
    document, head = revision.document, revision.head
    key = _sale_key(document, document.company_id, document.business_date, revision.number)
    unchanged = Attr("revision").eq(head.revision) if head else Attr("pk").not_exists()
    tx.put(_head_item(revision, work.at), when=unchanged)
    tx.put(_sale_item(key, revision, work.at))
    for further, text in zip(_further(key, len(revision.lines) - 1), revision.lines[1:], strict=True):
        tx.put({**further.as_item(), "lines": text})
    if head:
        replaced = _sale_key(document, head.company_id, head.business_date, head.revision)
        tx.update(replaced, put={"superseded_by": revision.number}, when=Attr("pk").exists())
    for company_id in revision.losers:
        deltas = of_company(revision.changes, company_id)
        record_event(tx, work, keys.company(company_id), _EVENT, company_id=company_id, deltas=deltas)


def _head_item(revision: Revision, at: str) -> Item:
    document = revision.document
    return {
        **keys.document(*document.ref).as_item(),
        "company_id": document.company_id,
        "business_date": document.business_date.isoformat(),
        "total": document.total,
        "revision": revision.number,
        "digest": revision.digest,
        "outcome": revision.outcome,
        "as_of": revision.as_of,
        "at": at,
        **_optional(revision.import_id),
    }


def _head(item: Item) -> Head:
    return Head(
        company_id=item["company_id"],
        business_date=date.fromisoformat(item["business_date"]),
        total=item["total"],
        revision=int(item["revision"]),
        digest=item["digest"],
        outcome=item["outcome"],
        import_id=item.get("import_id"),
        as_of=item["as_of"],
    )


def _sale_item(key: Key, revision: Revision, at: str) -> Item:
    document = revision.document
    return {
        **key.as_item(),
        "event": _EVENT,
        "company_id": document.company_id,
        "deltas": of_company(revision.changes, document.company_id),
        "source": document.source,
        "series": document.series,
        "document": document.number,
        "kind": document.kind,
        "business_date": document.business_date.isoformat(),
        "currency": document.currency,
        "total": document.total,
        "revision": revision.number,
        "line_count": len(document.lines),
        "lines": revision.lines[0],
        "further": len(revision.lines) - 1,
        "recorded_at": at,
        **_optional(revision.import_id),
    }


def _optional(import_id: str | None) -> Mapping[str, Any]:
    return {} if import_id is None else {"import_id": import_id}


def _sale_key(document: SaleDocument, company_id: str, day: date, revision: int) -> Key:
    return keys.sale(company_id, day, *document.ref, revision)


def _further(sale: Key, count: int) -> list[Key]:
    return [keys.sale_lines(sale, number) for number in range(1, count + 1)]


def key_of(item: Item) -> Key:
    return Key(item["pk"], item["sk"])
