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


def place(context: Context, source: str, drafts: Sequence[DocumentDraft], company_ids: Mapping[str, str]) -> None:
    """Sets the series of each document that is recorded in another one, and leaves out those of which nobody can tell."""
    beside = {id(draft): rules.series_beside(draft) for draft in drafts}
    wanted = [draft for draft in drafts if beside[id(draft)]]
    if not wanted:
        return
    refs = {(source, f"{series}/{draft.number}") for draft in wanted for series in (draft.series, *beside[id(draft)])}
    heads = sales.heads(context, refs)
    in_file = {(source, f"{draft.series}/{draft.number}") for draft in drafts}
    for draft in wanted:
        company_id = company_ids.get(draft.customer.ref, "")
        if company_id and (source, f"{draft.series}/{draft.number}") not in heads:
            _place(context, source, draft, company_id, beside[id(draft)], heads, in_file)


def _place(
    context: Context,
    source: str,
    draft: DocumentDraft,
    company_id: str,
    beside: Sequence[str],
    heads: Mapping[DocumentRef, Head],
    in_file: set[DocumentRef],
) -> None:
    for series in beside:
        ref = source, f"{series}/{draft.number}"
        head = heads.get(ref)
        if head is None or head.company_id != company_id or ref in in_file:
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
