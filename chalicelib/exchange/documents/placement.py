"""The recorded document that a document of a file is, where its own number in its own series is unknown.

A document keeps its number when its day moves across New Year, and when a correction turns its sign. Its series would be another one then,
and it would count twice. Found under the series beside its own it stays that document; where it may be one as well as the other, it is left
out and told.
"""

from collections.abc import Mapping, Sequence

from chalicelib import sales
from chalicelib.exchange.documents import rules
from chalicelib.exchange.documents.rules import DocumentDraft
from chalicelib.platform import Context
from chalicelib.sales import DocumentRef, KnownDocument, ReadFacts


def place(
    context: Context,
    source: str,
    drafts: Sequence[DocumentDraft],
    company_ids: Mapping[str, str],
    new_companies: frozenset[str],
) -> ReadFacts:
    """Sets the series of each document that is recorded in another one, and leaves out those of which nobody can tell.

    `company_ids`: by customer. A new company has no other documents that one may be. Returns the states of all documents that were looked at.
    """
    own = {(source, draft.ref) for draft in drafts}
    known = sales.states(context, own)
    unknown = [
        draft
        for draft in drafts
        if known[source, draft.ref].head is None
        and (company_id := company_ids.get(draft.customer.ref))
        and company_id not in new_companies
    ]
    beside = {(source, f"{series}/{draft.number}") for draft in unknown for series in rules.series_beside(draft)} - own
    if beside:
        known |= sales.states(context, beside)
        for draft in unknown:
            _place(context, source, draft, company_ids[draft.customer.ref], known, own)
    return ReadFacts(known, new_companies)


def _place(
    context: Context,
    source: str,
    draft: DocumentDraft,
    company_id: str,
    known: Mapping[DocumentRef, KnownDocument],
    own: set[DocumentRef],
) -> None:
    for series in rules.series_beside(draft):
        ref = source, f"{series}/{draft.number}"
        head = known[ref].head if ref in known else None
        if head is None or head.company_id != company_id or ref in own:
            continue
        if series.partition("-")[0] != draft.series.partition("-")[0]:
            found = rules.moved_across_new_year(draft, head.business_date, head.total)
        else:
            lines = sales.newest(context, ref, head).lines if head.business_date == draft.business_date else ()
            found = rules.turned(draft, head.business_date, [line.amount for line in lines])
        if found == "same":
            draft.placed = series
            return
        if found == "unclear":
            draft.leave_out("document_unclear", "document")
            return
