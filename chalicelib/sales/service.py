"""Recording and reading of purchases."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from chalicelib.platform import Context, Money
from chalicelib.platform.events import MANY
from chalicelib.sales import revisions, rules, store
from chalicelib.sales.identity import (
    NOTHING_READ,
    IdentifiedDocument,
    ReadFacts,
    UnclearDocuments,
    identified,
    shipped_number,
)
from chalicelib.sales.numbers.rules import number_key
from chalicelib.sales.payments.service import payment_state
from chalicelib.sales.rules import (
    NOTHING,
    ORDERS,
    CurrentDocument,
    DayTotals,
    DocumentLines,
    DocumentRef,
    Head,
    KnownDocument,
    Outcome,
    RecordedRevision,
    SaleDocument,
    SaleLine,
    Voided,
    candidates,
)
from chalicelib.sales.schemas import OriginalDocumentView, PurchaseLineView, PurchaseView
from chalicelib.sales.store import ShippedNumber
from chalicelib.table import Busy, Item, Overtaken, Page, Refused, Transaction, retry

PAGE = 100  # documents read together
MOST_LINES = 5000  # of one page: a document may have ten thousand


class TooLarge(ValueError):
    """Documents that do not fit into one transaction. Nothing was written."""

    def __init__(self, refs: Sequence[DocumentRef]) -> None:
        super().__init__(f"documents too large: {refs}")
        self.refs = refs


Judgement = tuple[Outcome, revisions.Write | None]


def record(
    context: Context,
    documents: Sequence[SaleDocument],
    *,
    import_id: str | None = None,
    as_of: str | None = None,
    read: ReadFacts = NOTHING_READ,
) -> list[Outcome]:
    """Records the state of each document; returns whether each was created, changed or unchanged.

    `as_of`: the moment of this state; a state older than the recorded one changes nothing. An unchanged document is recorded as the state
    of the later moment, so that older states that come after it change nothing either.
    A shipment of the portal and its document in the books become one, whichever comes first (see `identity`).
    Documents share transactions for speed; a pack that meets another writer is recorded one by one.
    Raises `TooLarge` or `UnclearDocuments` before anything is written.
    """
    as_of = as_of or context.at
    bulk = len(documents) > MANY
    judged = _judged(context, documents, import_id, as_of, read)
    naming = [document for document in documents if document.candidates]
    first = [document for document in documents if not document.candidates]
    outcomes = _write(context, first, judged, import_id, as_of, bulk=bulk)
    if any(outcomes.get(ref) in ("created", "changed") for each in naming for ref in each.candidates):
        # Their originals came in the same call and are known only now.
        judged |= _judged(context, naming, import_id, as_of)
    outcomes |= _write(context, naming, judged, import_id, as_of, bulk=bulk)
    return [outcomes[document.ref] for document in documents]


def preview(context: Context, documents: Sequence[SaleDocument], *, read: ReadFacts = NOTHING_READ) -> list[Outcome]:
    """The outcomes of `record`, with nothing written."""
    judged = _judged(context, documents, None, context.at, read)
    return [judged[document.ref][0] for document in documents]


def _judged(
    context: Context,
    documents: Sequence[SaleDocument],
    import_id: str | None,
    as_of: str,
    read: ReadFacts = NOTHING_READ,
) -> dict[DocumentRef, Judgement]:
    """By the ref that each document was given under."""
    if len({document.ref for document in documents}) < len(documents):
        raise ValueError("a document was given twice")
    told, known = identified(context, documents, import_id, as_of, read=read)
    judged = {ref: _judge(known, each) for ref, each in told.items()}
    too_large = [ref for ref, (_, write) in judged.items() if write and write.size > revisions.MOST_BYTES]
    if too_large:
        raise TooLarge(too_large)
    return judged


def _judge(known: Mapping[DocumentRef, KnownDocument], told: IdentifiedDocument) -> Judgement:
    document, as_of = told.document, told.as_of
    mine = known.get(document.ref, NOTHING)
    head = mine.head
    packed = [rules.pack(line) for line in document.lines]
    digest = rules.digest(document, packed)
    counting = rules.counting(document, known)
    original = known.get(counting.original, NOTHING).head if counting.original else None
    document = document._replace(contract=rules.contract_of(document, head, original, as_of))
    booked = document.booked_as is not None
    outcome, writes = rules.outcome(
        head, digest, counting, told.import_id, as_of, booked=booked, contract=document.contract
    )
    # A return that follows its original keeps its outcome: nobody corrected it.
    follows = head if head and head.digest == digest and bool(head.booked_as) == booked else None
    if not writes:
        return outcome, revisions.Confirmation(document, follows, as_of) if follows and follows.as_of < as_of else None
    return outcome, revisions.Revision(
        document=document,
        known=mine,
        candidates={ref: known.get(ref, NOTHING) for ref in candidates(document, known)},
        counting=counting,
        outcome=follows.outcome if follows else outcome,
        digest=digest,
        lines=rules.chunks(packed, revisions.LINES_BYTES),
        changes=rules.changes(head, document, counting),
        import_id=follows.import_id if follows else told.import_id,
        as_of=max(follows.as_of, as_of) if follows else as_of,
        joins=told.joins,
        shipped=shipped_number(document)
        if document.source == ORDERS and (head is None or head.company_id != document.company_id)
        else None,
    )


def _write(
    context: Context,
    documents: Iterable[SaleDocument],
    judged: Mapping[DocumentRef, Judgement],
    import_id: str | None,
    as_of: str,
    *,
    bulk: bool,
) -> dict[DocumentRef, Outcome]:
    """Writes what was judged and returns the outcomes."""
    outcomes: dict[DocumentRef, Outcome] = {}
    given: dict[DocumentRef, SaleDocument] = {}
    writes: list[revisions.Write] = []
    for document in documents:
        outcomes[document.ref], write = judged[document.ref]
        if write:
            given[write.document.ref] = document
            writes.append(write)
    for pack in revisions.packs(writes):
        try:
            context.table.commit(revisions.transaction(context, pack, bulk=bulk))
        except (Refused, Busy):
            for write in pack:
                document = given[write.document.ref]
                outcomes[document.ref] = _record_alone(context, document, import_id, as_of, bulk)
    return outcomes


@retry()
def _record_alone(context: Context, document: SaleDocument, import_id: str | None, as_of: str, bulk: bool) -> Outcome:
    outcome, write = _judged(context, [document], import_id, as_of)[document.ref]
    if write:
        try:
            context.table.commit(revisions.transaction(context, [write], bulk=bulk))
        except Refused as refused:
            if revisions.MANY_SHIPMENTS not in refused or isinstance(write, revisions.Confirmation):
                raise
            unnamed = replace(write, shipped=None)
            context.table.commit(revisions.transaction(context, [unnamed], bulk=bulk))
    return outcome


@retry()
def follow(context: Context, ref: DocumentRef) -> None:
    """Judges a recorded document by the facts as they are now; nothing to do for one that is a name of another by now."""
    found = store.read_known(context.table, [ref]).get(ref, NOTHING)
    if found.same_as:
        return
    if found.head is None:
        raise LookupError(f"no document {ref}")
    document = store.newest(context.table, ref, found.head)
    told, known = identified(context, [document], found.head.import_id, found.head.as_of, anew=True)
    if known[ref].head != found.head:
        raise Overtaken
    _, write = _judge(known, told[ref])
    if write:
        context.table.commit(revisions.transaction(context, [write]))


def join(context: Context, sale: Item) -> None:
    """Makes a shipment and its document in the books one, if neither saw the other when it was recorded: `sale` is the item of either."""
    ref = (sale["source"], f"{sale['series']}/{sale['document']}")
    if "booked_as" in sale:
        return
    number = ShippedNumber(sale["company_id"], sale["kind"], number_key(sale["document"]))
    if ref[0] == ORDERS:
        day = date.fromisoformat(sale["business_date"])
        other = bool(store.booked(context.table, number, day, number_key, consistent=True))
    else:
        other = store.is_shipped(context.table, number)
    if other:
        with suppress(UnclearDocuments):  # it came first, and counts
            follow(context, ref)


def heads(context: Context, refs: Iterable[DocumentRef]) -> dict[DocumentRef, Head]:
    """The heads of the recorded ones of these documents; one read for a hundred, consistent."""
    return {ref: known.head for ref, known in store.read_known(context.table, refs).items() if known.head}


def heads_and_payment(
    context: Context, ref: DocumentRef, others: Iterable[DocumentRef]
) -> tuple[dict[DocumentRef, Head], date | None]:
    """The heads of a document and of others, and the day on which the document was paid; consistent.

    One query brings all that is kept of the document, for the price of one item; the others are read as `heads` reads them.
    """
    known, payment = store.read_document(context.table, ref)
    rest = set(others) - {ref}
    found = heads(context, rest) if rest else {}
    return {**({ref: known.head} if known and known.head else {}), **found}, payment_state(ref, payment).paid_on


def states(context: Context, refs: Iterable[DocumentRef]) -> dict[DocumentRef, KnownDocument]:
    """The known state of each of these documents, nothing known included; one read for a hundred, consistent."""
    wanted = list(refs)
    return {**dict.fromkeys(wanted, NOTHING), **store.read_known(context.table, wanted)}


def net_amount(context: Context, ref: DocumentRef, company_id: str) -> Money | None:
    """The amount of a document less the returns that follow it; nothing of one that is not the company's. None for an unknown one.

    In the document's currency. Consistent, a read and one more for its returns.
    """
    known = store.read_known(context.table, [ref]).get(ref, NOTHING)
    if known.head is None:
        return None
    back = heads(context, known.returned_by).values() if known.returned_by else ()
    parts = [known.head, *(head for head in back if head.counting.original == ref)]
    amounts = (Money.of(head.total, head.currency) for head in parts if head.company_id == company_id)
    return Money.total(known.head.currency, amounts)


def same_as(context: Context, ref: DocumentRef) -> DocumentRef | None:
    """The shipment that this document of the books is, if any; one read, consistent."""
    return store.read_known(context.table, [ref]).get(ref, NOTHING).same_as


def documents_between(context: Context, source: str, first: date, last: date) -> Iterator[tuple[DocumentRef, Head]]:
    """The documents that a source's files told of, dated on these days, without voided ones; eventually consistent."""
    return store.documents_between(context.table, source, first, last)


def of_customer(
    context: Context, company_id: str, source: str, customer: str | None, limit: int, after: dict[str, str] | None
) -> tuple[list[tuple[SaleDocument, Head]], dict[str, str] | None]:
    """The documents of a customer of a source, of None all of the source, among the next `limit` of its company, and where to go on; consistent."""
    refs, last = store.of_customer(context.table, company_id, source, customer, limit, after)
    found = heads(context, refs)
    return [(newest(context, ref, head), head) for ref, head in found.items() if head.company_id == company_id], last


def revision(context: Context, ref: DocumentRef, company_id: str, day: date, number: int) -> SaleDocument:
    """An earlier state of a document."""
    return store.revision(context.table, ref, company_id, day, number)


def with_company(document: SaleDocument, company_id: str) -> SaleDocument:
    """The document as one of another company, as `record` takes it."""
    return document._replace(company_id=company_id)


def voided(document: SaleDocument, reason: str, by: str) -> SaleDocument:
    """The document without lines, as `record` takes it."""
    return document._replace(lines=(), original=None, voided=Voided(reason, by))


@retry()
def void(context: Context, ref: DocumentRef, reason: str, by: str, check: Callable[[Transaction], None]) -> bool:
    """Voids one document; False for an unknown one. `check` adds to the transaction what it depends on. Safe to repeat."""
    head = heads(context, [ref]).get(ref)
    if head is None:
        return False
    write = None
    if not head.voided:
        document = voided(newest(context, ref, head), reason, by)
        _, write = _judged(context, [document], None, context.at)[ref]
    tx = revisions.transaction(context, [write] if write else [])
    check(tx)
    context.table.commit(tx)
    return True


def newest(context: Context, ref: DocumentRef, head: Head) -> SaleDocument:
    """The document of this head, with its lines."""
    return store.newest(context.table, ref, head)


def day_totals(context: Context, company_id: str, first: date, last: date) -> DayTotals:
    """Net purchases by the day on which they count; one query, read consistently."""
    return store.days(context.table, company_id, first, last)


def first_purchase(context: Context, company_id: str) -> date | None:
    """The first day on which a document of the company counts; read consistently."""
    return store.first_day(context.table, company_id)


def history(
    context: Context, company_id: str, first: date, last: date, is_late: Callable[[], bool] = lambda: False
) -> list[RecordedRevision]:
    """Every revision of the company's documents that count dated on these days. Raises TimeoutError once it is late."""
    found = []
    for each in store.history(context.table, company_id, first, last):
        if is_late():
            raise TimeoutError
        found.append(each)
    return found


def counting_documents(context: Context, company_id: str) -> Iterator[RecordedRevision]:
    """The company's documents that count, as they are now, by day; a query for each MB of all its documents ever, read consistently."""
    recorded = store.history(context.table, company_id, date.min, store.LAST_DAY)
    return (each for each in recorded if each.superseded_at is None)


def newest_documents(context: Context, company_id: str, *, since: date, most: int) -> list[DocumentLines]:
    """The newest documents of the company since this day, at most `most` and at most one call (1 MB).

    A document that does not fit into one item comes with the lines of its first item only.
    """
    page = store.current(context.table, company_id, since, None, most, None)
    return [
        DocumentLines(date.fromisoformat(sale["counts_on"]), event_lines(sale), store.OTHER_CURRENCY in sale)
        for sale in page.items
    ]


def lines_between(context: Context, company_id: str, first: date, last: date, currency: str) -> Iterator[SaleLine]:
    """The lines of all documents of the company dated on these days, page after page; lines of a return are negative."""
    return (line for _, line in dated_lines(context, company_id, first, last, currency))


def current_documents(context: Context, company_id: str, first: date, last: date) -> Iterator[CurrentDocument]:
    """The newest revisions of the documents dated on these days, latest day first, without voided ones; read consistently."""
    after = None
    while True:
        page = store.current(context.table, company_id, first, last, PAGE, after, consistent=True)
        lines = store.lines_of(context.table, page.items)
        for sale in page.items:
            document = store.document_of(sale, lines[store.key_of(sale)])
            if not document.voided:
                yield CurrentDocument(document, date.fromisoformat(sale["counts_on"]))
        after = page.last
        if after is None:
            return


def dated_lines(
    context: Context, company_id: str, first: date, last: date, currency: str
) -> Iterator[tuple[date, SaleLine]]:
    """As `lines_between`, each with the day of its document."""
    after = None
    while True:
        page = store.current(context.table, company_id, first, last, PAGE, after)
        sales = [sale for sale in page.items if sale["currency"] == currency]
        day_of = {store.key_of(sale): date.fromisoformat(sale["business_date"]) for sale in sales}
        for key, lines in store.lines_of(context.table, sales).items():
            yield from ((day_of[key], line) for line in lines)
        after = page.last
        if after is None:
            return


def event_lines(sale: Item) -> list[SaleLine]:
    """The lines in an event `sale.recorded`: those of the document's first item."""
    return rules.unpack([sale["lines"]])


def earliest_known(context: Context, company_id: str, moment: str) -> RecordedRevision | None:
    """The earliest document of the company that counts and was known just before this moment."""
    return store.earliest_known(context.table, company_id, moment)


def purchases(
    context: Context,
    company_id: str,
    *,
    first: date | None,
    last: date | None,
    with_lines: bool,
    limit: int,
    after: dict[str, str] | None,
) -> tuple[list[PurchaseView], dict[str, str] | None]:
    """The newest revisions of the company's documents, latest day first, and the position of the next page."""
    page = store.current(context.table, company_id, first, last, limit, after)
    if not with_lines:
        return [_purchase(sale, None) for sale in page.items], page.last
    page = _shortened(page)
    lines = store.lines_of(context.table, page.items)
    return [_purchase(sale, lines[store.key_of(sale)]) for sale in page.items], page.last


def _shortened(page: Page) -> Page:
    """The first documents with `MOST_LINES` lines together, at least one."""
    lines = 0
    for position, sale in enumerate(page.items):
        lines += int(sale["line_count"])
        if position and lines > MOST_LINES:
            kept = page.items[:position]
            return Page(kept, store.key_of(kept[-1]).as_item())
    return page


def _purchase(sale: Item, lines: list[SaleLine] | None) -> PurchaseView:
    currency = sale["currency"]
    return PurchaseView(
        source=sale["source"],
        document=sale.get("title") or sale["document"],
        kind=sale["kind"],
        business_date=date.fromisoformat(sale["business_date"]),
        counts_on=date.fromisoformat(sale["counts_on"]),
        original=_original(sale),
        contract=sale.get("contract"),
        total=Money(amount=sale["total"], currency=currency),
        revision=int(sale["revision"]),
        recorded_at=sale["recorded_at"],
        line_count=int(sale["line_count"]),
        voided="voided" in sale,
        lines=None if lines is None else [_line(line, currency) for line in lines],
    )


def _original(sale: Item) -> OriginalDocumentView | None:
    named = store.original_named(sale)
    if named is None:
        return None
    found = "original" in sale
    day = date.fromisoformat(sale["counts_on"]) if found else named.day
    return OriginalDocumentView(document=named.number or None, business_date=day, found=found)


def _line(line: SaleLine, currency: str) -> PurchaseLineView:
    return PurchaseLineView(
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=Money(amount=line.amount, currency=currency),
    )
