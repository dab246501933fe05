"""An import taken back as a whole: each of its documents gets the state that it had before.

    look      counts the documents that somebody changed after the import; one of them, and nothing is taken back
    restore   writes the states before: a document that the import brought is voided

Both go part by part and are safe to repeat. A document that another file changes between the two keeps that newer state.
"""

from datetime import date

from chalicelib import sales
from chalicelib.exchange.documents.summary import CHANGES, Change
from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.store import ImportRecord
from chalicelib.platform import Context
from chalicelib.sales import DocumentRef, SaleDocument


def look(context: Context, record: ImportRecord, part: int) -> int:
    """The number of documents of this part that have changed since the import."""
    heads = sales.heads(context, _refs(record, changes := changes_of(record, part)))
    return sum(1 for ref in _refs(record, changes) if ref not in heads or heads[ref].import_id != record.import_id)


def restore(context: Context, record: ImportRecord, part: int) -> int:
    """Restores the documents of this part; returns how many keep a newer state."""
    changes = changes_of(record, part)
    heads = sales.heads(context, _refs(record, changes))
    restored: list[SaleDocument] = []
    kept = 0
    for each in changes:
        ref = record.form.source, each.ref
        head = heads.get(ref)
        if head is None or head.import_id not in (record.import_id, record.back_id):
            kept += 1
        elif head.import_id == record.import_id:
            restored.append(_before(context, record, ref, each) or _nothing(context, record, ref))
    sales.record(context, restored, import_id=record.back_id, as_of=context.at)
    return kept


def changes_of(record: ImportRecord, part: int) -> list[Change]:
    """The documents that this part of the import recorded or voided, with their states before."""
    return CHANGES.read(store.get(record.import_id, f"changes/{part:06d}"))


def put_changes(record: ImportRecord, part: int, changes: list[Change]) -> None:
    store.put(record.import_id, f"changes/{part:06d}", CHANGES.write(changes))


def _before(context: Context, record: ImportRecord, ref: DocumentRef, each: Change) -> SaleDocument | None:
    if each.before is None:
        return None
    day = date.fromisoformat(each.before.day)
    return sales.revision(context, ref, each.before.company_id, day, each.before.revision)


def _nothing(context: Context, record: ImportRecord, ref: DocumentRef) -> SaleDocument:
    document = sales.newest(context, ref, sales.heads(context, [ref])[ref])
    return sales.voided(document, f"{record.import_id} taken back", record.taken_back_by)


def _refs(record: ImportRecord, changes: list[Change]) -> list[DocumentRef]:
    return [(record.form.source, each.ref) for each in changes]
