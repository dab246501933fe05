"""Items of sales.

HEAD    the newest state of a document: company, day, total, digest, revision, the import that wrote it, `as_of`, the newest moment at
        which this was its state; for a return, the day on which it counts and its original. `returned_by`: the returns that name it; without a revision, the document itself has not come yet
SALE    one revision, for ever: the document with its lines; when new, the event `sale.recorded`; `superseded_by` and `superseded_at` if
        there is a newer one. `returned_by`: the returns that must follow it
LINES   the further lines of a revision that does not fit into one item
DAY     net amount and number of documents of a company on a day; `returned:YYYY-MM-DD`: the part that was given back on that later day
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.companies import company_key
from chalicelib.platform.context import Context
from chalicelib.platform.events import BULK
from chalicelib.platform.events import record as record_event
from chalicelib.sales import keys
from chalicelib.sales.events import SALE_RECORDED
from chalicelib.sales.rules import (
    NOTHING,
    Changes,
    CountingDay,
    DayKey,
    DayTotals,
    DocumentRef,
    Head,
    KnownDocument,
    Original,
    Outcome,
    RecordedRevision,
    SaleDocument,
    SaleLine,
    merge,
    moves,
    of_company,
    unpack,
)
from chalicelib.table.client import Page, Table
from chalicelib.table.key import Key, company_partition
from chalicelib.table.transactions import MOST_OPERATIONS, Item, Transaction

LINES_BYTES = 300_000  # in one item; DynamoDB takes 400 KB
MOST_BYTES = 3_500_000  # of one transaction; DynamoDB takes 4 MB
_ITEM_BYTES = 1_000  # more than an item of ours weighs without its lines
_LAST_DAY = date.max - timedelta(days=1)
_OTHER_CURRENCY = "other_currency"  # attribute of HEAD and SALE: it counts for nothing
_COUNTS = Attr(_OTHER_CURRENCY).not_exists()
RETURNED = "returned:"  # and the day on which it took effect: attributes of DAY


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision to write: the document, the known state that it replaces, and the changes of days.

    `candidates`: the known states of its possible originals, by which its day was found.
    """

    document: SaleDocument
    known: KnownDocument
    candidates: Mapping[DocumentRef, KnownDocument]
    counting: CountingDay
    outcome: Outcome
    digest: str
    lines: list[str]
    changes: Changes
    import_id: str | None
    as_of: str

    @property
    def head(self) -> Head | None:
        return self.known.head

    @property
    def number(self) -> int:
        return self.head.revision + 1 if self.head else 1

    @property
    def loser(self) -> str | None:
        """The company that a correction takes the document from."""
        return self.head.company_id if self.head and self.head.company_id != self.document.company_id else None

    @property
    def shared(self) -> set[DayKey | DocumentRef]:
        """Items that it may share with others of its pack: day totals, and heads of originals."""
        return {*self.changes, *self.candidates}

    @property
    def operations(self) -> int:
        """Operations of the transaction, without those on shared items."""
        return 1 + len(self.lines) + (1 if self.head else 0) + (1 if self.loser else 0)

    @property
    def size(self) -> int:
        return sum(len(text.encode()) for text in self.lines) + _ITEM_BYTES * (self.operations + len(self.shared))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A newer moment at which the recorded content was still the state of the document."""

    document: SaleDocument
    head: Head
    as_of: str
    shared: frozenset[DayKey | DocumentRef] = frozenset()
    operations: int = 1
    size: int = _ITEM_BYTES


Write = Revision | Confirmation


def read_known(table: Table, refs: Iterable[DocumentRef]) -> dict[DocumentRef, KnownDocument]:
    """The known states of these documents, without unknown ones."""
    wanted = {keys.document(*ref): ref for ref in refs}
    return {wanted[key]: _known(item) for key, item in table.get_many(wanted, consistent=True).items()}


def newest(table: Table, ref: DocumentRef, head: Head) -> SaleDocument:
    """The document of its newest revision."""
    key = keys.sale(head.company_id, head.business_date, *ref, head.revision)
    sale = table.get(key, consistent=True)
    if sale is None:
        raise LookupError(f"no revision {head.revision} of {ref}")
    return SaleDocument(
        source=sale["source"],
        number=sale["document"],
        company_id=sale["company_id"],
        business_date=date.fromisoformat(sale["business_date"]),
        currency=sale["currency"],
        lines=lines_of(table, [sale])[key],
        series=sale["series"],
        kind=sale["kind"],
        original=original_named(sale),
        other_currency=_OTHER_CURRENCY in sale,
        title=sale.get("title", ""),
    )


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
    begin = keys.sale_day(first or date.min)
    end = keys.sale_day(min(last or _LAST_DAY, _LAST_DAY) + timedelta(days=1))
    return table.query(
        company_partition(company_id),
        between=(begin, end),
        where=Attr("superseded_by").not_exists(),
        newest_first=True,
        limit=limit,
        after=after,
    )


def history(table: Table, company_id: str, first: date, last: date) -> Iterator[RecordedRevision]:
    """Every revision of the documents that count dated on these days, replaced ones as well, without lines; read consistently."""
    begin, end = keys.sale_day(first), keys.sale_day(last + timedelta(days=1))
    found = table.query_all(
        company_partition(company_id), between=(begin, end), where=_COUNTS, only=_RECORDED, consistent=True
    )
    return (_recorded(item) for item in found)


def earliest_known(table: Table, company_id: str, moment: str) -> RecordedRevision | None:
    """The earliest document that counts and was known just before this moment."""
    unreplaced = Attr("superseded_by").not_exists() | Attr("superseded_at").gte(moment)
    found = table.query_all(
        company_partition(company_id),
        between=(keys.sale_day(date.min), keys.sale_day(_LAST_DAY)),
        where=Attr("recorded_at").lt(moment) & unreplaced & _COUNTS,
        only=_RECORDED,
        limit=25,
        consistent=True,
    )
    item = next(found, None)
    return _recorded(item) if item else None


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


def first_day(table: Table, company_id: str) -> date | None:
    every = keys.day_total(company_id)
    # A day that lost its documents to a correction stays, empty.
    found = table.query_all(every.pk, starts=every.sk, where=Attr("documents").gt(0), limit=10, consistent=True)
    item = next(found, None)
    return date.fromisoformat(item["sk"].removeprefix(every.sk)) if item else None


def packs(writes: Iterable[Write]) -> Iterable[list[Write]]:
    """As many writes together as one transaction holds. Those of one company come side by side, to share its days."""
    pack: list[Write] = []
    touched: set[DayKey | DocumentRef] = set()
    written: set[DayKey | DocumentRef] = set()
    operations = size = 0
    for write in sorted(writes, key=lambda each: (each.document.company_id, each.document.business_date)):
        shared = set(write.shared)
        both = touched | shared
        if pack and (
            operations + write.operations + len(both) > MOST_OPERATIONS
            or size + write.size > MOST_BYTES
            # One document is the original of another: a transaction touches an item only once.
            or write.document.ref in touched
            or not written.isdisjoint(shared)
        ):
            yield pack
            pack, both, written, operations, size = [], shared, set(), 0, 0
        pack.append(write)
        written.add(write.document.ref)
        touched = both
        operations += write.operations
        size += write.size
    if pack:
        yield pack


def transaction(context: Context, writes: Iterable[Write], *, bulk: bool = False) -> Transaction:
    """Writes these revisions with their changes of days, and these confirmations. `bulk`: the events are some of many."""
    tx = Transaction()
    gained: Changes = {}
    originals: dict[DocumentRef, tuple[KnownDocument, set[str]]] = {}
    for write in writes:
        if isinstance(write, Confirmation):
            tx.update(keys.document(*write.document.ref), put={"as_of": write.as_of}, when=_same_state(write.head))
            continue
        _put_revision(tx, context, write, {BULK: True} if bulk else {})
        merge(gained, write.changes)
        for ref, candidate in write.candidates.items():
            originals.setdefault(ref, (candidate, set()))[1].add(write.document.ref[1])
    for (company_id, day), (amount, documents, returned) in gained.items():
        later = {f"{RETURNED}{effect.isoformat()}": part for effect, part in returned.items()}
        tx.update(keys.day_total(company_id, day), add={"amount": amount, "documents": documents, **later})
    for ref, (candidate, returns) in originals.items():
        _name_original(tx, ref, candidate, returns)
    return tx


def _name_original(tx: Transaction, ref: DocumentRef, candidate: KnownDocument, returns: set[str]) -> None:
    """Checks that the original has not moved, and adds these returns to it, so that they follow when it moves."""
    head = candidate.head
    unmoved = Attr("revision").eq(head.revision) if head else Attr("revision").not_exists()
    new = returns - {document for _, document in candidate.returned_by}
    if new:
        tx.update(keys.document(*ref), add={"returned_by": new}, when=unmoved)
    else:
        tx.check(keys.document(*ref), unmoved)


def _put_revision(tx: Transaction, context: Context, revision: Revision, marks: Item) -> None:
    document, head = revision.document, revision.head
    key = _sale_key(document, document.company_id, document.business_date, revision.number)
    tx.put(_head_item(revision, context.at), when=_unchanged(revision.known))
    tx.put({**_sale_item(key, revision, context.at), **marks})
    for further, text in zip(_further(key, len(revision.lines) - 1), revision.lines[1:], strict=True):
        tx.put({**further.as_item(), "lines": text})
    if head:
        replaced = _sale_key(document, head.company_id, head.business_date, head.revision)
        superseded = {"superseded_by": revision.number, "superseded_at": context.at}
        tx.update(replaced, put=superseded, when=Attr("pk").exists())
    if revision.loser:
        record_event(
            tx,
            context,
            company_key(revision.loser),
            SALE_RECORDED,
            company_id=revision.loser,
            deltas=of_company(revision.changes, revision.loser),
            source=document.source,
            series=document.series,
            document=document.number,
            gone=True,
            **marks,
        )


def _unchanged(known: KnownDocument) -> ConditionBase:
    """The head is unchanged and no return was added: the set of returns only grows."""
    if known == NOTHING:
        return Attr("pk").not_exists()
    revision = _same_state(known.head) if known.head else Attr("revision").not_exists()
    returns = Attr("returned_by")
    return revision & (returns.size().eq(len(known.returned_by)) if known.returned_by else returns.not_exists())


def _same_state(head: Head) -> ConditionBase:
    """Compares the moment too: it may have become newer than the state that is to be written."""
    return Attr("revision").eq(head.revision) & Attr("as_of").eq(head.as_of)


def _head_item(revision: Revision, at: str) -> Item:
    document, (day, original) = revision.document, revision.counting
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
        **({"counts_on": day.isoformat()} if document.original else {}),
        **({"original": original[1]} if original else {}),
        **({"returned_by": {name for _, name in revision.known.returned_by}} if revision.known.returned_by else {}),
        **_optional(revision.import_id),
        **_mark(document),
    }


def _known(item: Item) -> KnownDocument:
    source = item["pk"].split("#")[1]
    returned_by = frozenset((source, document) for document in item.get("returned_by", ()))
    if "revision" not in item:
        return KnownDocument(None, returned_by)
    business_date = date.fromisoformat(item["business_date"])
    counting = CountingDay(business_date)
    if "counts_on" in item:
        original = (source, item["original"]) if "original" in item else None
        counting = CountingDay(date.fromisoformat(item["counts_on"]), original)
    return KnownDocument(
        Head(
            company_id=item["company_id"],
            business_date=business_date,
            counting=counting,
            total=item["total"],
            revision=int(item["revision"]),
            digest=item["digest"],
            outcome=item["outcome"],
            import_id=item.get("import_id"),
            as_of=item["as_of"],
            other_currency=_OTHER_CURRENCY in item,
        ),
        returned_by,
    )


def _sale_item(key: Key, revision: Revision, at: str) -> Item:
    document, (day, original) = revision.document, revision.counting
    return {
        **key.as_item(),
        "event": SALE_RECORDED,
        "company_id": document.company_id,
        "deltas": of_company(revision.changes, document.company_id),
        "source": document.source,
        "series": document.series,
        "document": document.number,
        "kind": document.kind,
        "business_date": document.business_date.isoformat(),
        "counts_on": day.isoformat(),
        "currency": document.currency,
        "total": document.total,
        "revision": revision.number,
        "line_count": len(document.lines),
        "lines": revision.lines[0],
        "further": len(revision.lines) - 1,
        "recorded_at": at,
        **_title(document),
        **_originals(document.original, original),
        **_followers(revision),
        **_optional(revision.import_id),
        **_mark(document),
    }


def _mark(document: SaleDocument) -> Item:
    return {_OTHER_CURRENCY: True} if document.other_currency else {}


def _title(document: SaleDocument) -> Item:
    return {"title": document.title} if document.title else {}


def _originals(named: Original | None, found: DocumentRef | None) -> Item:
    """`names`: the original as the return names it. `original`: the one that was found."""
    item: Item = {}
    if named:
        day = {} if named.day is None else {"day": named.day.isoformat()}
        item["names"] = {"number": named.number, "series": list(named.series), **day}
    if found:
        series, _, number = found[1].partition("/")
        item["original"] = {"series": series, "number": number}
    return item


_RECORDED = (
    "source",
    "series",
    "document",
    "kind",
    "business_date",
    "counts_on",
    "total",
    "revision",
    "recorded_at",
    "superseded_at",
)


def _recorded(sale: Item) -> RecordedRevision:
    return RecordedRevision(
        ref=(sale["source"], f"{sale['series']}/{sale['document']}"),
        kind=sale["kind"],
        business_date=date.fromisoformat(sale["business_date"]),
        counts_on=date.fromisoformat(sale["counts_on"]),
        total=sale["total"],
        revision=int(sale["revision"]),
        recorded_at=sale["recorded_at"],
        superseded_at=sale.get("superseded_at"),
    )


def original_named(sale: Item) -> Original | None:
    """The original that a SALE item names."""
    names = sale.get("names")
    if names is None:
        return None
    day = date.fromisoformat(names["day"]) if "day" in names else None
    return Original(names["number"], tuple(names["series"]), day)


def _followers(revision: Revision) -> Item:
    returns = revision.known.returned_by
    if not returns or not moves(revision.head, revision.document):
        return {}
    return {"returned_by": sorted(document for _, document in returns)}


def _optional(import_id: str | None) -> Mapping[str, Any]:
    return {} if import_id is None else {"import_id": import_id}


def _sale_key(document: SaleDocument, company_id: str, day: date, revision: int) -> Key:
    return keys.sale(company_id, day, *document.ref, revision)


def _further(sale: Key, count: int) -> list[Key]:
    return [keys.sale_lines(sale, number) for number in range(1, count + 1)]


def key_of(item: Item) -> Key:
    return Key(item["pk"], item["sk"])
