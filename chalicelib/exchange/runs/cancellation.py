"""Recorded documents that a file says are cancelled, deleted or drafts: voided, as if one by one. A newer file that counts them brings them back."""

from collections.abc import Mapping, Sequence

from chalicelib import sales
from chalicelib.exchange.documents.rules import DocumentDraft, series_beside
from chalicelib.exchange.documents.summary import Change, RecordedState
from chalicelib.exchange.imports.store import ImportRecord
from chalicelib.platform import Context
from chalicelib.sales import DocumentRef, Head


def recorded(context: Context, source: str, drafts: Sequence[DocumentDraft]) -> dict[str, Head]:
    """The heads of the recorded ones, by series and number. Without a sum, a cancelled return may look like a sale of its day."""
    refs: dict[DocumentRef, list[DocumentRef]] = {}
    for draft in drafts:
        own = source, draft.ref
        refs[own] = [own, *((source, f"{series}/{draft.number}") for series in series_beside(draft))]
    heads = sales.heads(context, {ref for several in refs.values() for ref in several})
    days = {(source, draft.ref): draft.business_date for draft in drafts}
    found: dict[str, Head] = {}
    for own, several in refs.items():
        of_day = (ref for ref in several if ref in heads and heads[ref].business_date == days[own])
        if ref := next(of_day, None):
            found[ref[1]] = heads[ref]
    return found


def void(
    context: Context, record: ImportRecord, heads: Mapping[str, Head], states: Mapping[str, RecordedState]
) -> list[Change]:
    """Voids these documents; in a dry run only tells them. `states`: before the import. Safe to repeat."""
    changes, voided = [], []
    for ref, head in heads.items():
        before = states.get(ref)
        if before is None or before.voided:
            continue
        number = ref.partition("/")[2]
        changes.append(Change(ref, number, before.day, before.company_id, record.currency, before, ""))
        if record.phase == "write" and not head.voided:
            document = sales.newest(context, (record.form.source, ref), head)
            voided.append(sales.voided(document, f"cancelled in {record.import_id}", record.confirmed_by))
    sales.record(context, voided, import_id=record.import_id, as_of=record.uploaded_at)
    return changes
