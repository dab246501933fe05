"""Revisions of documents, written in packs: each with its changes of days, in one transaction. `store.py` describes the items."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.companies import company_key
from chalicelib.platform import Context, record_event
from chalicelib.platform.events import BULK
from chalicelib.platform.money import MixedCurrencies
from chalicelib.sales import keys
from chalicelib.sales.events import SALE_JOINED, SALE_RECORDED
from chalicelib.sales.rules import (
    MOST_RETURNS,
    MOST_SHIPMENTS,
    NOTHING,
    ORDERS,
    Changes,
    CountingDay,
    DayKey,
    DocumentRef,
    Head,
    KnownDocument,
    Outcome,
    SaleDocument,
    merge,
    moves,
    name_beside,
    of_company,
    removal,
    unpack,
)
from chalicelib.sales.store import OTHER_CURRENCY, RETURNED, VOIDED, ShippedNumber, further_keys
from chalicelib.table import Key, shard_of, to_item
from chalicelib.table.transactions import MOST_OPERATIONS, NEW, Item, Joining, Transaction

LINES_BYTES = 300_000  # in one item; DynamoDB takes 400 KB
MOST_BYTES = 3_500_000  # of one transaction; DynamoDB takes 4 MB
MANY_SHIPMENTS = "many shipments"  # label: the number has as many as an item should name
_ITEM_BYTES = 1_000  # more than an item of ours weighs without its lines


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
    same_currency: dict[str, ConditionBase] = {}
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
    for key_of_day, gain in gained.items():
        if not gain.moves:
            continue
        currency = gain.amount.currency
        later = {f"{RETURNED}{effect.isoformat()}": part for effect, part in gain.returned.items()}
        tx.update(
            keys.day_total(*key_of_day),
            put={"currency": currency},
            add={"amount": gain.amount.amount, "documents": gain.documents, **later},
            when=same_currency.setdefault(currency, Attr("currency").not_exists() | Attr("currency").eq(currency)),
            label="currency",
        )
        tx.instead["currency"] = MixedCurrencies(currency)
    for key, names in shipped.items():
        tx.update(key, join={"documents": Joining(names, MOST_SHIPMENTS)}, label=MANY_SHIPMENTS)
    for ref, (candidate, returns) in originals.items():
        _name_original(tx, ref, candidate, returns)
    return tx


def _name_original(tx: Transaction, ref: DocumentRef, candidate: KnownDocument, returns: set[str]) -> None:
    """Checks that the original has not moved, and adds these returns to it, so that they follow when it moves."""
    head = candidate.head
    unmoved = Attr("revision").eq(head.revision) if head else Attr("revision").not_exists()
    new = returns - {name_beside(each, ref[0]) for each in candidate.returned_by}
    if new:
        tx.update(keys.document(*ref), join={"returned_by": Joining(new, MOST_RETURNS)}, when=unmoved)
    else:
        tx.check(keys.document(*ref), unmoved)


def _put_revision(tx: Transaction, context: Context, revision: Revision, marks: Item) -> None:
    document, head = revision.document, revision.head
    key = _sale_key(document, document.company_id, document.business_date, revision.number)
    tx.put(_head_item(revision, context.at), when=_unchanged(revision.known))
    tx.put({**_sale_item(key, revision, context.at), **marks})
    first_line = 1
    for place, further in enumerate(further_keys(key, len(revision.lines) - 1), 1):
        first_line += len(unpack([revision.lines[place - 1]]))
        tx.put({**further.as_item(), **_of_lines(revision), "first_line": first_line, "lines": revision.lines[place]})
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
    """Makes a document of the books a name of the shipment. The effects of its former identity are taken back."""
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
        **_filled(**{OTHER_CURRENCY: head.other_currency}),
        **marks,
    )


def _unchanged(known: KnownDocument) -> ConditionBase:
    """The head is unchanged and no return was added: the set of returns only grows."""
    if known == NOTHING:
        return NEW
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
        **_of_both(revision),
        "digest": revision.digest,
        "outcome": revision.outcome,
        "as_of": revision.as_of,
        "at": at,
        **_filled(
            counts_on=day.isoformat() if document.original else None,
            original=name_beside(original, document.source) if original else None,
            returned_by={name_beside(each, document.source) for each in revision.known.returned_by},
        ),
        **({VOIDED: True} if document.voided else _listed(document)),
    }


def _sale_item(key: Key, revision: Revision, at: str) -> Item:
    document = revision.document
    return {
        **key.as_item(),
        **_of_both(revision),
        **_of_lines(revision),
        "event": SALE_RECORDED,
        "deltas": of_company(revision.changes, document.company_id),
        "line_count": len(document.lines),
        "lines": revision.lines[0],
        "further": len(revision.lines) - 1,
        "recorded_at": at,
        **_filled(
            title=document.title,
            customer=document.customer,
            redated_from=_redated_from(revision),
            returned_by=_followers(revision),
        ),
        **_originals(revision),
        **({VOIDED: document.voided._asdict()} if document.voided else {}),
    }


def _of_lines(revision: Revision) -> Item:
    """The attributes of SALE and of LINES: who reads an image of lines alone knows what they are."""
    document = revision.document
    return {
        **_of_all(document),
        "counts_on": revision.counting.day.isoformat(),
        "source": document.source,
        "series": document.series,
        "document": document.number,
        "kind": document.kind,
    }


def _of_both(revision: Revision) -> Item:
    """The attributes of HEAD and of SALE."""
    document = revision.document
    return {
        **_of_all(document),
        "total": document.total,
        "revision": revision.number,
        **_filled(booked_as=list(document.booked_as or ()), import_id=revision.import_id, contract=document.contract),
        **_filled(**{OTHER_CURRENCY: document.other_currency}),
    }


def _of_all(document: SaleDocument) -> Item:
    return {
        "company_id": document.company_id,
        "business_date": document.business_date.isoformat(),
        "currency": document.currency,
    }


def _filled(**attributes: Any) -> Item:
    return {name: value for name, value in attributes.items() if value}


def _listed(document: SaleDocument) -> Item:
    """The place in the list of the source's documents, for the books that files tell of."""
    if document.source == ORDERS:
        return {}
    shard = shard_of(document.ref[1])
    return keys.document_list(document.source, document.business_date, shard, document.ref[1]).as_gsi1()


def _originals(revision: Revision) -> Item:
    """`names`: the original as the return names it. `original`: the one that was found; `left`: the one that it followed before."""
    document, found = revision.document, revision.counting.original
    before = revision.head.counting.original if revision.head else None
    item: Item = {"names": to_item(document.original)} if document.original else {}
    if found:
        item["original"] = _original(document, found)
    if before and before != found:
        item["left"] = _original(document, before)
    return item


def _original(document: SaleDocument, ref: DocumentRef) -> Item:
    """With its source, if that is another."""
    series, _, number = ref[1].partition("/")
    return {"series": series, "number": number, **({} if ref[0] == document.source else {"source": ref[0]})}


def _redated_from(revision: Revision) -> str:
    """The day on which the replaced revision was dated, if the correction moved it."""
    head = revision.head
    if head is None or revision.loser or head.business_date == revision.document.business_date:
        return ""
    return head.business_date.isoformat()


def _followers(revision: Revision) -> list[str]:
    """The returns that must follow the document, since it moved."""
    if not moves(revision.head, revision.document):
        return []
    return sorted(name_beside(each, revision.document.source) for each in revision.known.returned_by)


def _sale_key(document: SaleDocument, company_id: str, day: date, revision: int) -> Key:
    return keys.sale(company_id, day, *document.ref, revision)
