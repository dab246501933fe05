"""One identity for one invoice, whichever way it comes.

A shipment through the portal is an invoice of the distributor's books, and comes again with the export of the books. The two are one
document: that of the shipment, to which order, credit, bonuses and payments belong. The books' document becomes a name of it, for ever,
and its content the shipment's next revision, whichever came first; so a later correction of the books corrects the shipment.

A return of goods of several shipments has one document in the books and one for each shipment in the portal: there the portal's content
stands.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib.platform import Context
from chalicelib.sales import store
from chalicelib.sales.numbers.rules import number_key
from chalicelib.sales.rules import (
    MOST_SHIPMENTS,
    NOTHING,
    ORDERS,
    Ambiguous,
    DocumentRef,
    KnownDocument,
    SaleDocument,
    order_of,
    same_invoice,
)
from chalicelib.sales.store import ShippedNumber


class IdentifiedDocument(NamedTuple):
    """A document under the identity that the club keeps it by, and the moment and import of its content.

    `joins`: the state of the document of the books that becomes a name of it now.
    """

    document: SaleDocument
    import_id: str | None
    as_of: str
    joins: KnownDocument | None = None


class ReadFacts(NamedTuple):
    """Facts that the caller has just read, so that they are not read again; a write on an older state is refused and tried again.

    `known`: states of documents. `new_companies`: companies that were made a moment ago, so that the portal has shipped nothing to them.
    """

    known: Mapping[DocumentRef, KnownDocument] = {}
    new_companies: frozenset[str] = frozenset()


NOTHING_READ = ReadFacts()


class UnclearDocuments(ValueError):
    """Documents of the books that may be any of several shipments. Nothing was written."""

    def __init__(self, refs: Sequence[DocumentRef]) -> None:
        super().__init__(f"any of several shipments: {refs}")
        self.refs = refs


def identified(
    context: Context,
    documents: Sequence[SaleDocument],
    import_id: str | None,
    as_of: str,
    *,
    anew: bool = False,
    read: ReadFacts = NOTHING_READ,
) -> tuple[dict[DocumentRef, IdentifiedDocument], dict[DocumentRef, KnownDocument]]:
    """Each document, by the ref that it was given under, and the known states of all that it concerns.

    A recorded document of the books is compared with shipments only if its company changes, or if this is asked `anew`: a shipment that came
    after it has found it. Raises `UnclearDocuments`.
    """
    wanted = {ref for each in documents for ref in (each.ref, *each.candidates)}
    known = {ref: read.known[ref] for ref in wanted if ref in read.known}
    known |= store.read_known(context.table, sorted(wanted - known.keys()))
    compared = [each for each in documents if anew or _is_compared(each, known.get(each.ref, NOTHING))]
    numbers = {each.ref: shipped_number(each) for each in compared if each.company_id not in read.new_companies}
    shipments = store.read_shipments(context.table, numbers)
    named = {each.same_as for each in known.values() if each.same_as}
    further = {*named, *(ref for refs in shipments.values() for ref in refs)} - known.keys()
    if further:
        known |= store.read_known(context.table, further)
    told: dict[DocumentRef, IdentifiedDocument] = {}
    unclear: list[DocumentRef] = []
    taken: set[DocumentRef] = set()
    for document in documents:
        parts = _parts(document, documents, shipments)
        try:
            if document.source == ORDERS:
                found = _shipment(context, document, parts, known, told, anew) or IdentifiedDocument(
                    document, import_id, as_of
                )
            else:
                found = _of_books(context, IdentifiedDocument(document, import_id, as_of), parts, known)
        except Ambiguous:
            unclear.append(document.ref)
            continue
        if found.document.ref in taken and found.document.ref != document.ref:
            unclear.append(document.ref)
            continue
        taken.add(found.document.ref)
        told[document.ref] = found
    if unclear:
        raise UnclearDocuments(unclear)
    originals = {ref for each in told.values() for ref in each.document.candidates} - {
        ref for each in documents for ref in each.candidates
    }
    if originals:
        known |= store.read_known(context.table, originals - known.keys())
    return told, known


def shipped_number(document: SaleDocument) -> ShippedNumber:
    return ShippedNumber(document.company_id, document.kind, number_key(document.number))


def _is_compared(document: SaleDocument, known: KnownDocument) -> bool:
    if document.source == ORDERS or known.same_as:
        return document.kind == "return"
    return known.head is None or known.head.company_id != document.company_id


def _parts(
    document: SaleDocument, documents: Sequence[SaleDocument], shipments: Mapping[DocumentRef, Sequence[DocumentRef]]
) -> list[DocumentRef]:
    """The shipments under a document's number; for one of the portal, those of its own order, with those that come with it."""
    recorded = shipments.get(document.ref, ())
    if document.source != ORDERS:
        return list(recorded)
    together = (
        each.ref
        for each in documents
        if (each.source, each.kind, each.number) == (ORDERS, document.kind, document.number)
    )
    return sorted({ref for ref in (*recorded, *together) if order_of(ref) == order_of(document.ref)})


def _of_books(
    context: Context,
    told: IdentifiedDocument,
    shipments: Sequence[DocumentRef],
    known: Mapping[DocumentRef, KnownDocument],
) -> IdentifiedDocument:
    mine = known.get(told.document.ref, NOTHING)
    if mine.same_as:
        stands = sum(order_of(ref) == order_of(mine.same_as) for ref in shipments) > 1
        return told._replace(document=_content(context, mine.same_as, told.document, known, stands=stands))
    if len(shipments) >= MOST_SHIPMENTS:
        raise Ambiguous(told.document.number)  # further ones are not named
    heads = {ref: head for ref in shipments if (head := known.get(ref, NOTHING).head)}
    same = same_invoice(told.document, heads)
    if not same:
        return told
    return told._replace(document=_content(context, same[0], told.document, known, stands=len(same) > 1), joins=mine)


def _content(
    context: Context,
    shipment: DocumentRef,
    booked: SaleDocument,
    known: Mapping[DocumentRef, KnownDocument],
    *,
    stands: bool,
) -> SaleDocument:
    """The shipment with the content of the books, unless that of the portal stands."""
    source, (series, _, number) = shipment[0], shipment[1].partition("/")
    head = known.get(shipment, NOTHING).head
    if booked.kind == "sale" or head is None:
        named = booked._replace(source=source, series=series, number=number)
        return named._replace(kind="sale", original=None, title="", booked_as=booked.ref)
    portal = store.newest(context.table, shipment, head)
    return _merged(portal, portal if stands else booked, booked.ref)


def _merged(shipment: SaleDocument, content: SaleDocument, booked_as: DocumentRef) -> SaleDocument:
    return shipment._replace(
        company_id=content.company_id,
        business_date=content.business_date,
        currency=content.currency,
        lines=content.lines,
        other_currency=content.other_currency,
        booked_as=booked_as,
    )


def _shipment(
    context: Context,
    shipment: SaleDocument,
    parts: Sequence[DocumentRef],
    known: dict[DocumentRef, KnownDocument],
    told: Mapping[DocumentRef, IdentifiedDocument],
    anew: bool,
) -> IdentifiedDocument | None:
    """The shipment with the content of the books, if they told of it first. Only the look that is asked for `anew` is consistent: it makes up for the first."""
    heads = (known.get(ref, NOTHING).head for ref in {shipment.ref, *parts})
    if shipment.other_currency or any(head and head.booked_as for head in heads):
        return None
    if any(told[ref].joins for ref in parts if ref in told):
        return None
    refs = store.booked(context.table, shipped_number(shipment), shipment.business_date, number_key, consistent=anew)
    if not refs:
        return None
    known |= store.read_known(context.table, refs)
    found = [(ref, head) for ref in refs if (head := known.get(ref, NOTHING).head)]
    if not found:
        return None
    ref, head = min(found, key=lambda each: each[1].total != shipment.total)  # of equals the first: the nearest day
    booked = store.newest(context.table, ref, head)
    document = _merged(shipment, shipment if len(parts) > 1 else booked, ref)
    return IdentifiedDocument(document, head.import_id, head.as_of, joins=known[ref])
