"""Recording of a part: rows become documents, recorded whole or left out whole."""

import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from chalicelib import companies, sales
from chalicelib.companies import CustomerRef, KnownCustomer
from chalicelib.exchange.columns.fields import STAND_INS, FieldName
from chalicelib.exchange.documents.placement import place
from chalicelib.exchange.documents.rules import DocumentDraft, DocumentDrafts
from chalicelib.exchange.documents.summary import SUMMARY, RecordedState, summarised
from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.config import Imports
from chalicelib.exchange.imports.store import COUNTED, Counts, ImportRecord
from chalicelib.exchange.reading.parts import read_part
from chalicelib.exchange.reading.rules import SaleRow
from chalicelib.exchange.runs import cancellation
from chalicelib.exchange.runs.replacement import void_pack
from chalicelib.exchange.runs.reports import MOST_LISTED, BadRow
from chalicelib.exchange.runs.withdrawal import put_changes
from chalicelib.platform import Context
from chalicelib.sales import Head, ReadFacts, SaleDocument


def record_part(context: Context, record: ImportRecord, part: int) -> Counts:
    """Records a part of the file, or in a dry run tells what that would do. Safe to repeat."""
    if part > record.file_parts:
        voided = void_pack(context, record, part - record.file_parts)
        put_changes(record, part, voided)
        return {"documents_voided": len(voided)}
    content = store.get(record.import_id, f"parts/{part:06d}")
    drafts = DocumentDrafts(context.config[Imports].most_lines_per_document)
    rows = 0
    for row in read_part(content):
        rows += 1
        if isinstance(row, SaleRow):
            drafts.add(row)
        else:
            drafts.spoil(row[0].number)
    drafts.settle()
    counts = dict.fromkeys(COUNTED, 0)
    customers = _customers(context, record, part, drafts)
    counts["companies_created"] = sum(each.made_by == _maker(record, part) for each in customers.values())
    company_ids = {customer: each.company_id for customer, each in customers.items()}
    made = frozenset(each.company_id for each in customers.values() if _is_own(record, each))
    read = place(context, record.form.source, list(drafts.good()), company_ids, made)
    cancelled = cancellation.recorded(context, record.form.source, drafts.cancelled())
    heads = {ref: known.head for (_, ref), known in read.known.items() if known.head} | cancelled
    states = _states(context, record, part, heads)
    recorded = _record(context, record, drafts, company_ids, read)
    if record.phase == "write":
        _record_payments(context, record, (draft for draft, _ in recorded))
    for draft, outcome in recorded:
        counts[f"documents_{outcome}"] += 1
        counts[f"rows_{outcome}"] += len(draft.rows)
    voided = cancellation.void(context, record, cancelled, states)
    counts["documents_changed"] += len(voided)
    counts["rows_failed"] = (
        rows - drafts.cancelled_rows - sum(counts[f"rows_{outcome}"] for outcome in ("created", "changed", "unchanged"))
    )
    counts["documents_failed"] = drafts.left_out()
    summary = summarised(drafts, recorded, states, company_ids)
    summary.changes += voided
    summary.named += cancelled
    store.put(record.import_id, f"summaries/{part:06d}", SUMMARY.write(summary))
    if record.phase == "write":
        put_changes(record, part, summary.changes)
    if counts["rows_failed"]:
        store.put(record.import_id, f"bad/{part:06d}", packed(_bad_rows(record, drafts, content)))
    return counts


def _states(context: Context, record: ImportRecord, part: int, heads: Mapping[str, Head]) -> dict[str, RecordedState]:
    """The recorded states of the documents. A real run keeps them before it writes, with the moment."""
    name = f"before/{part:06d}"
    if record.phase == "write" and (kept := store.get_if_any(record.import_id, name)):
        return {ref: RecordedState(*state) for ref, state in json.loads(kept)["states"].items()}
    states = {
        ref: RecordedState(
            head.company_id, head.business_date.isoformat(), head.revision, f"{head.total:f}", head.voided
        )
        for ref, head in heads.items()
    }
    if record.phase == "write":
        store.put(record.import_id, name, json.dumps({"states": states, "at": context.at}).encode())
    return states


# --- customers --------------------------------------------------------------------------------------------------------


def _customers(context: Context, record: ImportRecord, part: int, drafts: DocumentDrafts) -> dict[str, KnownCustomer]:
    """The company of each customer. Leaves out documents without one."""
    source = record.form.source
    refs = {draft.customer.ref: _ref(draft) for draft in drafts.good()}
    creates = record.form.unknown_customers == "create"
    if creates and record.phase == "write":
        known = companies.match_customers(context, source, refs.values(), maker=_maker(record, part))
        _leave_out(drafts, lambda customer: customer not in known, "customer_unclear", "inn")
    else:
        known = companies.known_customers(context, source, refs)
        if creates:
            missing = [ref for customer, ref in refs.items() if customer not in known]
            made, unclear = companies.new_companies(context, source, missing)
            store.put(record.import_id, f"new/{part:06d}", packed(sorted(made)))
            _leave_out(drafts, unclear.__contains__, "customer_unclear", "inn")
        else:
            _leave_out(drafts, lambda customer: customer not in known, "customer_unknown", "customer")
    _check_customers(drafts, known)
    if record.phase == "write":
        late = [ref for customer, ref in refs.items() if ref.inn and customer in known and not known[customer].inn]
        companies.name_customers(context, source, late)
    return known


def _maker(record: ImportRecord, part: int) -> str:
    return f"{record.import_id}#{part}"


def _is_own(record: ImportRecord, customer: KnownCustomer) -> bool:
    """True if the company was made by this import."""
    return (customer.made_by or "").partition("#")[0] == record.import_id


def _leave_out(drafts: DocumentDrafts, wanted: Callable[[str], bool], code: str, field: FieldName) -> None:
    """Leaves out the documents of these customers."""
    for draft in drafts.good():
        if wanted(draft.customer.ref):
            draft.leave_out(code, field)


def _check_customers(drafts: DocumentDrafts, known: Mapping[str, KnownCustomer]) -> None:
    """Leaves out documents of a customer that the club knows under another INN, since its code was given to somebody else, or in another currency."""
    for draft in drafts.good():
        customer = known.get(draft.customer.ref)
        if customer and customer.inn and draft.customer.inn and customer.inn != draft.customer.inn:
            draft.leave_out("inn_differs", "inn")
        elif customer and customer.currency != draft.currency:
            draft.leave_out("company_currency", "currency")


def _ref(draft: DocumentDraft) -> CustomerRef:
    customer = draft.customer
    return CustomerRef(customer.ref, customer.name, customer.inn, customer.kpp, draft.currency)


# --- documents --------------------------------------------------------------------------------------------------------


def _record(
    context: Context, record: ImportRecord, drafts: DocumentDrafts, company_ids: Mapping[str, str], read: ReadFacts
) -> list[tuple[DocumentDraft, sales.Outcome]]:
    """The recorded documents with their outcomes; in a dry run the outcomes that they would have."""
    good = list(drafts.good())
    documents = [_document(record, draft, company_ids.get(draft.customer.ref, "")) for draft in good]
    try:
        if record.phase == "check":
            outcomes = sales.preview(context, documents, read=read)
        else:
            outcomes = sales.record(context, documents, import_id=record.import_id, as_of=record.uploaded_at, read=read)
    except (sales.TooLarge, sales.UnclearDocuments) as unfit:
        code = "document_too_large" if isinstance(unfit, sales.TooLarge) else "shipment_unclear"
        for draft, document in zip(good, documents, strict=True):
            if document.ref in unfit.refs:
                draft.leave_out(code, "document")
        return _record(context, record, drafts, company_ids, read)
    return list(zip(good, outcomes, strict=True))


def _record_payments(context: Context, record: ImportRecord, drafts: Iterable[DocumentDraft]) -> None:
    paid = [sales.Payment((record.form.source, draft.ref), draft.paid_on) for draft in drafts if draft.paid_on]
    sales.record_payments(context, paid, by=record.import_id, as_of=record.uploaded_at)


def _document(record: ImportRecord, draft: DocumentDraft, company_id: str) -> SaleDocument:
    return SaleDocument(
        source=record.form.source,
        series=draft.series,
        number=draft.number,
        title=draft.title,
        customer=draft.customer.ref,
        company_id=company_id,
        business_date=draft.business_date,
        currency=draft.currency,
        kind="return" if draft.is_return else "sale",
        original=draft.original,
        contract=draft.contract,
        lines=draft.lines,
    )


# --- bad rows ---------------------------------------------------------------------------------------------------------


def _bad_rows(record: ImportRecord, drafts: DocumentDrafts, content: bytes) -> Iterator[BadRow]:
    """Every wrong cell, and every row of a document that was left out. Reads the part again instead of keeping rows in memory."""
    for read in read_part(content):
        if not isinstance(read, SaleRow):
            for fault in read:
                yield BadRow(fault.row, fault.number, _column(record, fault.field), fault.value, fault.code)
        elif not read.cancelled and (draft := drafts.of(read)).code:
            wanted = _present(record, draft.field)
            yield BadRow(read.row, read.number, _column(record, wanted), _value(read, wanted), draft.code)


def _value(read: SaleRow, wanted: FieldName | Literal[""]) -> str:
    """The cell of a row as it was understood."""
    customer = read.customer
    values: dict[str, Any] = {
        "document": read.number,
        "business_date": read.business_date,
        "customer": customer.ref,
        "customer_name": customer.name,
        "inn": customer.inn,
        "currency": read.currency,
        "original": read.original and read.original[0],
        "original_date": read.original and read.original[1],
    }
    return str(values.get(wanted) or "")


def _column(record: ImportRecord, wanted: FieldName | Literal[""]) -> str:
    present = _present(record, wanted)
    return record.columns[present] if present else ""


def _present(record: ImportRecord, wanted: FieldName | Literal[""]) -> FieldName | Literal[""]:
    """The field, or its stand-in in this file."""
    for several in ((wanted,), *(group for group in STAND_INS if wanted in group)):
        for field in several:
            if field in record.columns:
                return field
    return ""


def packed(entries: Iterable[Any]) -> bytes:
    held = io.BytesIO()
    with gzip.open(held, "wt", encoding="utf-8", compresslevel=1) as lines:
        for entry in islice(entries, MOST_LISTED):
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return held.getvalue()


def unpacked(content: bytes) -> Iterator[Any]:
    with gzip.open(io.BytesIO(content), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
