"""A part of a file: its rows become documents, and the documents are recorded whole or left out whole."""

import gzip
import heapq
import io
import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any, Literal

from chalicelib import companies, sales
from chalicelib.companies import CustomerRef
from chalicelib.exchange.columns.rules import FIELDS, STAND_INS, FieldName
from chalicelib.exchange.sales_files import rules, store
from chalicelib.exchange.sales_files.config import Imports
from chalicelib.exchange.sales_files.reports import MOST_LISTED, BadRow, listing
from chalicelib.exchange.sales_files.rules import Draft, Drafts, Reader, Row
from chalicelib.exchange.sales_files.splitting import read_part
from chalicelib.exchange.sales_files.store import COUNTED, Counts, Import
from chalicelib.platform.clock import local_day, moment
from chalicelib.platform.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.sales import SaleDocument, SaleLine
from chalicelib.tiers import Tiers


def write_part(context: Context, message: dict[str, Any]) -> None:
    """Works on the part that the message names, and finishes the import with the last of them."""
    told = json.loads(message["body"])
    import_id, part = told["import_id"], told["part"]
    found, done = store.load_with_part(context, import_id, part)
    if found is None or found.state != "writing":
        return
    if not done:
        store.finish_part(context, import_id, part, _write(context, found, part))
    _finish_if_last(context, import_id)


def _write(context: Context, found: Import, part: int) -> Counts:
    content = store.get(found.import_id, f"parts/{part:06d}")
    reader = _reader(context, found)
    drafts = Drafts(context.config[Imports].most_lines_per_document)
    rows = 0
    for row, too_many, cells in read_part(content):
        rows += 1
        read = reader.read(row, cells, too_many)
        if isinstance(read, Row):
            drafts.add(read)
        else:
            drafts.spoil(read[0].number)
    drafts.settle()
    counts = dict.fromkeys(COUNTED, 0)
    company_ids, counts["companies_created"] = _companies(context, found, part, drafts)
    recorded = _record(context, found, drafts, company_ids)
    if not found.form.dry_run:
        _pay(context, found, (draft for draft, _ in recorded))
    for draft, outcome in recorded:
        counts[f"documents_{outcome}"] += 1
        counts[f"rows_{outcome}"] += len(draft.rows)
    counts["rows_failed"] = rows - sum(counts[f"rows_{outcome}"] for outcome in ("created", "changed", "unchanged"))
    counts["documents_failed"] = drafts.left_out()
    if counts["rows_failed"]:
        store.put(found.import_id, f"bad/{part:06d}", _packed(_bad_rows(found, reader, drafts, content)))
    return counts


def _reader(context: Context, found: Import) -> Reader:
    asked = found.form.format
    return Reader(
        fields=found.columns,
        dates=asked.dates,
        mark=asked.decimal or ("point" if found.item["delimiter"] == "," else "comma"),
        currency=found.currency,
        currencies=context.config[Tiers].ladders,
        # Of the day of the upload, so that the same row means the same whenever its part is worked on.
        latest=local_day(moment(found.uploaded_at), context.config[Club].zone) + rules.AHEAD,
        inn_is_valid=companies.inn_is_valid,
    )


# --- customers --------------------------------------------------------------------------------------------------------


def _companies(context: Context, found: Import, part: int, drafts: Drafts) -> tuple[dict[str, str], int]:
    """The company of each customer, and how many of them this part made. Documents that no company can take are left out."""
    source, maker = found.form.source, f"{found.import_id}#{part}"
    refs = {draft.customer.ref: _ref(draft) for draft in drafts.good()}
    known = companies.known_customers(context, source, refs)
    missing = [ref for customer, ref in refs.items() if customer not in known]
    if found.form.unknown_customers == "fail":
        for draft in drafts.good():
            if draft.customer.ref not in known:
                draft.leave_out("customer_unknown", "customer")
    elif found.form.dry_run:
        made = companies.new_companies(context, source, missing)
        store.put(found.import_id, f"new/{part:06d}", _packed(sorted(made)))
    elif missing:
        companies.customers(context, source, missing, maker=maker)
        known |= companies.known_customers(context, source, [ref.customer for ref in missing])
    for draft in drafts.good():
        customer = known.get(draft.customer.ref)
        if customer and customer.currency != draft.currency:
            draft.leave_out("company_currency", "currency")
    company_ids = {customer: each.company_id for customer, each in known.items()}
    return company_ids, sum(each.made_by == maker for each in known.values())


def _ref(draft: Draft) -> CustomerRef:
    customer = draft.customer
    return CustomerRef(customer.ref, customer.name, customer.inn, customer.kpp, draft.currency)


# --- documents --------------------------------------------------------------------------------------------------------


def _record(
    context: Context, found: Import, drafts: Drafts, company_ids: dict[str, str]
) -> list[tuple[Draft, sales.Outcome]]:
    """The documents that were recorded, or in a dry run would be, and what became of each."""
    good = list(drafts.good())
    documents = [_document(found, draft, company_ids.get(draft.customer.ref, "")) for draft in good]
    try:
        if found.form.dry_run:
            outcomes = sales.preview(context, documents)
        else:
            outcomes = sales.record(context, documents, import_id=found.import_id, as_of=found.uploaded_at)
    except sales.TooLarge as large:
        for draft, document in zip(good, documents, strict=True):
            if document.ref in large.refs:
                draft.leave_out("document_too_large")
        return _record(context, found, drafts, company_ids)
    return list(zip(good, outcomes, strict=True))


def _pay(context: Context, found: Import, drafts: Iterable[Draft]) -> None:
    paid = [
        sales.Payment((found.form.source, f"{draft.series}/{draft.number}"), draft.paid_on)
        for draft in drafts
        if draft.paid_on
    ]
    sales.record_payments(context, paid, by=found.import_id, as_of=found.uploaded_at)


def _document(found: Import, draft: Draft, company_id: str) -> SaleDocument:
    return SaleDocument(
        source=found.form.source,
        series=draft.series,
        number=draft.number,
        company_id=company_id,
        business_date=draft.business_date,
        currency=draft.currency,
        kind="return" if draft.is_return else "sale",
        original=draft.original,
        lines=[SaleLine.of(row.sku, row.name, row.quantity, row.unit_price, row.amount) for row in draft.rows],
    )


# --- what was left out ------------------------------------------------------------------------------------------------


def _bad_rows(found: Import, reader: Reader, drafts: Drafts, content: bytes) -> Iterator[BadRow]:
    """Every wrong cell, and every row whose document was left out; read once more, so that none need be held."""
    for row, too_many, cells in read_part(content):
        read = reader.read(row, cells, too_many)
        if not isinstance(read, Row):
            for fault in read:
                yield BadRow(row, fault.number, _column(found, fault.field), fault.value, fault.code)
        elif (draft := drafts.of(read)).code:
            wanted = _present(found, draft.field)
            value = cells[FIELDS.index(wanted)] if wanted else ""
            yield BadRow(row, read.number, _column(found, wanted), value, draft.code)


def _column(found: Import, wanted: FieldName | Literal[""]) -> str:
    present = _present(found, wanted)
    return found.columns[present] if present else ""


def _present(found: Import, wanted: FieldName | Literal[""]) -> FieldName | Literal[""]:
    """The field, or the one that stands in for it in this file."""
    for several in ((wanted,), *(group for group in STAND_INS if wanted in group)):
        for field in several:
            if field in found.columns:
                return field
    return ""


def _packed(entries: Iterable[Any]) -> bytes:
    held = io.BytesIO()
    with gzip.open(held, "wt", encoding="utf-8", compresslevel=1) as lines:
        for entry in islice(entries, MOST_LISTED):
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return held.getvalue()


def _unpacked(content: bytes) -> Iterator[Any]:
    with gzip.open(io.BytesIO(content), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# --- the end ----------------------------------------------------------------------------------------------------------


def _finish_if_last(context: Context, import_id: str) -> None:
    found = store.load(context, import_id)
    if found is None or found.state != "writing" or found.count("parts_done") < found.count("parts_total"):
        return
    parts = list(store.parts_done(context, import_id))
    bad = [_unpacked(store.get(import_id, f"bad/{int(part['part']):06d}")) for part in parts if part["rows_failed"]]
    listed = 0
    if bad:
        rows = [BadRow(*entry) for entry in islice(heapq.merge(*bad), MOST_LISTED)]
        store.put(import_id, "bad-rows.csv", listing(rows))
        listed = len(rows)
    facts: dict[str, Any] = {"bad_rows_listed": listed}
    if found.form.dry_run and found.form.unknown_customers == "create":
        made = (_unpacked(store.get(import_id, f"new/{int(part['part']):06d}")) for part in parts)
        # A customer may be in several parts.
        facts["companies_created"] = sum(1 for _ in groupby(heapq.merge(*made)))
    store.finish(context, import_id, facts)
