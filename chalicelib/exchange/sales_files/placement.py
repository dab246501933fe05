"""The recorded document that a document of a file is, where its own number in its own series is unknown.

A document keeps its number when its day moves across New Year, and when a correction turns its sign. Its series would be another one then,
and it would count twice. Found under the series beside its own it stays that document; where it may be one as well as the other, it is left
out and told.
"""

from collections.abc import Mapping, Sequence

from chalicelib import sales
from chalicelib.exchange.sales_files import rules
from chalicelib.exchange.sales_files.rules import DocumentDraft
from chalicelib.platform.context import Context
from chalicelib.sales import DocumentRef, Head


def place(
    context: Context, source: str, drafts: Sequence[DocumentDraft], company_ids: Mapping[str, str]
) -> dict[str, Head]:
    """Sets the series of each document that is recorded in another one, and leaves out those of which nobody can tell.

    Returns the heads of the recorded ones, by series and number.
    """
    own = {(source, draft.ref) for draft in drafts}
    heads = sales.heads(context, own)
    unknown = [draft for draft in drafts if (source, draft.ref) not in heads and draft.customer.ref in company_ids]
    beside = {(source, f"{series}/{draft.number}") for draft in unknown for series in rules.series_beside(draft)} - own
    if beside:
        heads |= sales.heads(context, beside)
        for draft in unknown:
            _place(context, source, draft, company_ids[draft.customer.ref], heads, own)
    return {draft.ref: heads[source, draft.ref] for draft in drafts if (source, draft.ref) in heads}


def _place(
    context: Context,
    source: str,
    draft: DocumentDraft,
    company_id: str,
    heads: Mapping[DocumentRef, Head],
    own: set[DocumentRef],
) -> None:
    for series in rules.series_beside(draft):
        ref = source, f"{series}/{draft.number}"
        head = heads.get(ref)
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
