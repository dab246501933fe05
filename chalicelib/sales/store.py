"""Items of sales.

HEAD    the newest state of a document: company, day, total, digest, revision, the import that wrote it, `as_of`, the newest moment at
        which this was its state; for a return, the day on which it counts and its original. `returned_by`: the returns that name it; without a revision, the document itself has not come yet.
        `booked_as`, of a shipment: the document of the books that it is. `same_as`, of that one: the shipment; it has nothing else
SALE    one revision, for ever: the document with its lines; when new, the event `sale.recorded`; `superseded_by` and `superseded_at` if
        there is a newer one. `returned_by`: the returns that must follow it
SHIPPED the shipments of a company under one number, for the books' document that will have it
LINES   the further lines of a revision that does not fit into one item
DAY     net amount and number of documents of a company on a day; `returned:YYYY-MM-DD`: the part that was given back on that later day
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.companies import company_key
from chalicelib.platform.context import Context
from chalicelib.platform.events import BULK
from chalicelib.platform.events import record as record_event
from chalicelib.sales import keys
from chalicelib.sales.events import SALE_JOINED, SALE_RECORDED
from chalicelib.sales.rules import (
    NO_GAIN,
    NOTHING,
    ORDERS,
    SAME_INVOICE,
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
    Voided,
    merge,
    moves,
    name_beside,
    named_beside,
    of_company,
    removal,
    unpack,
)
from chalicelib.table.client import Page, Table
from chalicelib.table.key import Key, company_partition, shard_of, shards
from chalicelib.table.transactions import MOST_OPERATIONS, Item, Transaction

LINES_BYTES = 300_000  # in one item; DynamoDB takes 400 KB
MOST_BYTES = 3_500_000  # of one transaction; DynamoDB takes 4 MB
_ITEM_BYTES = 1_000  # more than an item of ours weighs without its lines
_LAST_DAY = date.max - timedelta(days=1)
_OTHER_CURRENCY = "other_currency"  # attribute of HEAD and SALE: it counts for nothing
_VOIDED = "voided"  # attribute of HEAD and SALE: its source says it no more
_COUNTS = Attr(_OTHER_CURRENCY).not_exists() & Attr(_VOIDED).not_exists()
RETURNED = "returned:"  # and the day on which it took effect: attributes of DAY


class ShippedNumber(NamedTuple):
    """Shipments of a company, or its returns, with one number in its form for comparison."""

    company_id: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision to write: the document, the known state that it replaces, and the changes of days.

    `candidates`: the known states of its possible originals, by which its day was found. `joins`: the state of the document of the books
    that becomes a name of this one (`document.booked_as`). `shipped`: the number of a new shipment, for that document to find it by.
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
    joins: KnownDocument | None = None
    shipped: ShippedNumber | None = None

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
    def moved(self) -> Changes:
        """The changes of days, with those of a document that it takes the place of."""
        both: Changes = {}
        merge(both, self.changes)
        if self.joins and self.joins.head:
            merge(both, removal(self.joins.head))
        return both

    @property
    def shared(self) -> set[DayKey | DocumentRef]:
        """Items that it may share with others of its pack: day totals, and heads of originals."""
        return {*self.moved, *self.candidates}

    @property
    def operations(self) -> int:
        """Operations of the transaction, without those on shared items."""
        return 1 + len(self.lines) + sum(map(bool, (self.head, self.loser, self.shipped)))

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
    joins: None = None


Write = Revision | Confirmation


def read_known(table: Table, refs: Iterable[DocumentRef]) -> dict[DocumentRef, KnownDocument]:
    """The known states of these documents, without unknown ones."""
    wanted = {keys.document(*ref): ref for ref in refs}
    return {wanted[key]: _known(item) for key, item in table.get_many(wanted, consistent=True).items()}


def read_shipments(table: Table, numbers: Mapping[DocumentRef, ShippedNumber]) -> dict[DocumentRef, list[DocumentRef]]:
    """By document, the shipments under its number; one read for a hundred, consistent."""
    shipped = {ref: keys.shipped(*number) for ref, number in numbers.items()}
    found = table.get_many(shipped.values(), consistent=True)
    return {
        ref: sorted((ORDERS, name) for name in found[key]["documents"]) for ref, key in shipped.items() if key in found
    }


def is_shipped(table: Table, number: ShippedNumber) -> bool:
    """True if the company has shipments under this number; consistent."""
    return table.get(keys.shipped(*number), consistent=True) is not None


def booked(table: Table, shipped: ShippedNumber, day: date, number_key: Callable[[str], str]) -> list[DocumentRef]:
    """The documents of the books that may be the shipment of this day, by kind and number, the nearest day first; consistent."""
    between = keys.sale_day(day - SAME_INVOICE), keys.sale_day(day + SAME_INVOICE + timedelta(days=1))
    counts = Attr("superseded_by").not_exists() & Attr("kind").eq(shipped.kind) & Attr("source").ne(ORDERS) & _COUNTS
    found = table.query_all(
        company_partition(shipped.company_id), between=between, where=counts, only=_RECORDED, consistent=True
    )
    near = [
        (abs(each.business_date - day), each.ref)
        for each in map(_recorded, found)
        if number_key(each.ref[1].partition("/")[2]) == shipped.number
    ]
    return [ref for _, ref in sorted(near)]


def newest(table: Table, ref: DocumentRef, head: Head) -> SaleDocument:
    """The document of its newest revision."""
    return revision(table, ref, head.company_id, head.business_date, head.revision)


def revision(table: Table, ref: DocumentRef, company_id: str, day: date, number: int) -> SaleDocument:
    """The document of this revision, which was of this company and day."""
    key = keys.sale(company_id, day, *ref, number)
    sale = table.get(key, consistent=True)
    if sale is None:
        raise LookupError(f"no revision {number} of {ref}")
    return document_of(sale, lines_of(table, [sale])[key])


def document_of(sale: Item, lines: Sequence[SaleLine]) -> SaleDocument:
    """The document of a SALE item."""
    return SaleDocument(
        source=sale["source"],
        number=sale["document"],
        company_id=sale["company_id"],
        business_date=date.fromisoformat(sale["business_date"]),
        currency=sale["currency"],
        lines=lines,
        series=sale["series"],
        kind=sale["kind"],
        original=original_named(sale),
        other_currency=_OTHER_CURRENCY in sale,
        title=sale.get("title", ""),
        customer=sale.get("customer", ""),
        booked_as=_pair(sale, "booked_as"),
        voided=Voided(sale[_VOIDED]["reason"], sale[_VOIDED]["by"]) if _VOIDED in sale else None,
    )


def documents_between(table: Table, source: str, first: date, last: date) -> Iterator[tuple[DocumentRef, Head]]:
    """The documents of a source dated on these days, without voided ones; eventually consistent."""
    month = first.replace(day=1)
    while month <= last:
        for shard in shards():
            every = keys.document_list(source, month, shard, "")
            between = f"{first.isoformat()}#", f"{last.isoformat()}$"
            for item in table.query_all(every.pk, index="gsi1", between=between):
                head = _known(item).head
                if head:
                    yield (source, item["pk"].split("#", 2)[2]), head
        month = (month + timedelta(days=31)).replace(day=1)


def lines_of(table: Table, sales: Iterable[Item]) -> dict[Key, list[SaleLine]]:
    """The lines of each of these SALE items, by its key; one more read for all that were too long for one item."""
    further = {key_of(sale): _further(key_of(sale), int(sale["further"])) for sale in sales if sale["further"]}
    found = table.get_many((key for several in further.values() for key in several), consistent=True)
    return {
        key_of(sale): unpack([sale["lines"], *(found[key]["lines"] for key in further.get(key_of(sale), ()))])
        for sale in sales
    }


def current(
    table: Table,
    company_id: str,
    first: date | None,
    last: date | None,
    limit: int,
    after: dict[str, str] | None,
    *,
    consistent: bool = False,
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
        consistent=consistent,
    )


def of_customer(
    table: Table, company_id: str, source: str, customer: str, limit: int, after: dict[str, str] | None
) -> tuple[list[DocumentRef], dict[str, str] | None]:
    """The current documents of a customer of a source among the next `limit` of its company, and where to go on; consistent."""
    mine = Attr("superseded_by").not_exists() & Attr("source").eq(source) & Attr("customer").eq(customer)
    between = keys.sale_day(date.min), keys.sale_day(_LAST_DAY)
    page = table.query(
        company_partition(company_id), between=between, where=mine, limit=limit, after=after, consistent=True
    )
    return [(sale["source"], f"{sale['series']}/{sale['document']}") for sale in page.items], page.last


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
        if write.joins:
            yield [write]
            continue
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
    shipped: dict[Key, set[str]] = {}
    for write in writes:
        if isinstance(write, Confirmation):
            tx.update(keys.document(*write.document.ref), put={"as_of": write.as_of}, when=_same_state(write.head))
            continue
        _put_revision(tx, context, write, {BULK: True} if bulk else {})
        merge(gained, write.moved)
        if write.shipped:
            shipped.setdefault(keys.shipped(*write.shipped), set()).add(write.document.ref[1])
        for ref, candidate in write.candidates.items():
            originals.setdefault(ref, (candidate, set()))[1].add(name_beside(write.document.ref, ref[0]))
    for (company_id, day), gain in gained.items():
        if gain == NO_GAIN:
            continue
        amount, documents, returned = gain
        later = {f"{RETURNED}{effect.isoformat()}": part for effect, part in returned.items()}
        tx.update(keys.day_total(company_id, day), add={"amount": amount, "documents": documents, **later})
    for key, names in shipped.items():
        tx.update(key, add={"documents": names})
    for ref, (candidate, returns) in originals.items():
        _name_original(tx, ref, candidate, returns)
    return tx


def _name_original(tx: Transaction, ref: DocumentRef, candidate: KnownDocument, returns: set[str]) -> None:
    """Checks that the original has not moved, and adds these returns to it, so that they follow when it moves."""
    head = candidate.head
    unmoved = Attr("revision").eq(head.revision) if head else Attr("revision").not_exists()
    new = returns - {name_beside(each, ref[0]) for each in candidate.returned_by}
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
    if head and revision.loser:
        _record_gone(tx, context, document.ref, head, revision.changes, marks)
    if revision.joins and document.booked_as:
        _put_name(tx, context, document.booked_as, revision.joins, revision, marks)


def _put_name(
    tx: Transaction, context: Context, ref: DocumentRef, known: KnownDocument, shipment: Revision, marks: Item
) -> None:
    """Makes a document of the books a name of the shipment. What it counted for before is taken back."""
    key, company_id = keys.document(*ref), shipment.document.company_id
    returns = sorted(name_beside(each, ref[0]) for each in known.returned_by)
    kept = {"returned_by": set(returns)} if returns else {}
    same_as = list(shipment.document.ref)
    tx.put({**key.as_item(), "same_as": same_as, "at": context.at, **kept}, when=_unchanged(known))
    facts = {"company_id": company_id, "source": ref[0], "document": ref[1], "same_as": same_as, "returned_by": returns}
    record_event(tx, context, key, SALE_JOINED, **facts, **marks)
    if known.head is None:
        return
    replaced = keys.sale(known.head.company_id, known.head.business_date, *ref, known.head.revision)
    # No revision has this number: the shipment takes its place.
    superseded = {"superseded_by": known.head.revision + 1, "superseded_at": context.at}
    tx.update(replaced, put=superseded, when=Attr("pk").exists())
    _record_gone(tx, context, ref, known.head, removal(known.head), marks)


def _record_gone(tx: Transaction, context: Context, ref: DocumentRef, head: Head, moved: Changes, marks: Item) -> None:
    """Tells the company of this state that the document is its own no more."""
    series, _, number = ref[1].partition("/")
    company_id = head.company_id
    record_event(
        tx,
        context,
        company_key(company_id),
        SALE_RECORDED,
        company_id=company_id,
        deltas=of_company(moved, company_id),
        source=ref[0],
        series=series,
        document=number,
        business_date=head.business_date.isoformat(),
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
        **({"original": name_beside(original, document.source)} if original else {}),
        **(
            {"returned_by": {name_beside(each, document.source) for each in revision.known.returned_by}}
            if revision.known.returned_by
            else {}
        ),
        **_booked_as(document),
        **_optional(revision.import_id),
        **_mark(document),
        **({_VOIDED: True} if document.voided else _listed(document)),
    }


def _known(item: Item) -> KnownDocument:
    source = item["pk"].split("#")[1]
    returned_by = frozenset(named_beside(name, source) for name in item.get("returned_by", ()))
    if "revision" not in item:
        return KnownDocument(None, returned_by, _pair(item, "same_as"))
    business_date = date.fromisoformat(item["business_date"])
    counting = CountingDay(business_date)
    if "counts_on" in item:
        original = named_beside(item["original"], source) if "original" in item else None
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
            booked_as=_pair(item, "booked_as"),
            voided=_VOIDED in item,
        ),
        returned_by,
    )


def _pair(item: Item, name: str) -> DocumentRef | None:
    return (item[name][0], item[name][1]) if name in item else None


def _booked_as(document: SaleDocument) -> Item:
    return {"booked_as": list(document.booked_as)} if document.booked_as else {}


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
        **_redated(revision),
        **_originals(document, original),
        **_booked_as(document),
        **_followers(revision),
        **_optional(revision.import_id),
        **_mark(document),
        **({_VOIDED: document.voided._asdict()} if document.voided else {}),
    }


def _redated(revision: Revision) -> Item:
    """The day on which the replaced revision was dated, if the correction moved it."""
    head = revision.head
    if head is None or revision.loser or head.business_date == revision.document.business_date:
        return {}
    return {"redated_from": head.business_date.isoformat()}


def _listed(document: SaleDocument) -> Item:
    """The place in the list of the source's documents, for the books that files tell of."""
    if document.source == ORDERS:
        return {}
    shard = shard_of(document.ref[1])
    return keys.document_list(document.source, document.business_date, shard, document.ref[1]).as_gsi1()


def _mark(document: SaleDocument) -> Item:
    return {_OTHER_CURRENCY: True} if document.other_currency else {}


def _title(document: SaleDocument) -> Item:
    named = {"title": document.title, "customer": document.customer}
    return {name: value for name, value in named.items() if value}


def _originals(document: SaleDocument, found: DocumentRef | None) -> Item:
    """`names`: the original as the return names it. `original`: the one that was found, with its source if it is another."""
    item: Item = {}
    named = document.original
    if named:
        day = {} if named.day is None else {"day": named.day.isoformat()}
        item["names"] = {"number": named.number, "series": list(named.series), **day}
    if found:
        series, _, number = found[1].partition("/")
        source = {} if found[0] == document.source else {"source": found[0]}
        item["original"] = {"series": series, "number": number, **source}
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
    return {"returned_by": sorted(name_beside(each, revision.document.source) for each in returns)}


def _optional(import_id: str | None) -> Mapping[str, Any]:
    return {} if import_id is None else {"import_id": import_id}


def _sale_key(document: SaleDocument, company_id: str, day: date, revision: int) -> Key:
    return keys.sale(company_id, day, *document.ref, revision)


def _further(sale: Key, count: int) -> list[Key]:
    return [keys.sale_lines(sale, number) for number in range(1, count + 1)]


def key_of(item: Item) -> Key:
    return Key(item["pk"], item["sk"])
