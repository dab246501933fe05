"""The documents that a file which tells a whole period says no more: proposed by the dry run, voided with its confirmation.

A document counts as named if the file has it, even with a wrong row. If the document of a row cannot be read, the documents that the file
does not name are unknown, and nothing is proposed.
"""

from collections.abc import Iterator
from typing import Any

from chalicelib import sales
from chalicelib.exchange.documents.summary import CHANGES, SHOWN, Change, RecordedState, Summary
from chalicelib.exchange.imports import rules, store
from chalicelib.exchange.imports.config import Imports
from chalicelib.exchange.imports.store import ImportRecord
from chalicelib.platform import Context
from chalicelib.sales import Head, SaleDocument

TOGETHER = 500  # documents voided by one message


def propose(context: Context, record: ImportRecord, summaries: Iterator[Summary]) -> dict[str, Any]:
    """Lists the documents to void, in packs of `TOGETHER`, and returns the proposal in figures."""
    period = record.form.replace_period
    if period is None:
        return {}
    named: set[str] = set()
    numbers: set[str] = set()
    unnamed = 0
    for each in summaries:
        named.update(each.named)
        numbers.update(each.numbers)
        unnamed += each.unnamed
    if unnamed:
        return {"blocked": unnamed}
    pack: list[Change] = []
    first: list[Change] = []
    missing, known = rules.Weight(), rules.Weight()
    for (_, ref), head in sales.documents_between(context, record.form.source, period.first, period.last):
        known.add(head.total, head.currency)
        if ref not in named and ref.partition("/")[2] not in numbers:
            missing.add(head.total, head.currency)
            gone = _gone(ref, head)
            first = [*first, gone][:SHOWN]
            pack.append(gone)
            if len(pack) == TOGETHER:
                _put(record, missing.documents // TOGETHER, pack)
                pack = []
    if pack:
        _put(record, missing.documents // TOGETHER + 1, pack)
    percent = context.config[Imports].most_void_percent
    return {
        "documents": missing.documents,
        "amount": missing.amount(record.currency),
        "known_documents": known.documents,
        "known_amount": known.amount(record.currency),
        "needs_consent": rules.needs_consent(missing, known, percent),
        "first": [[each.title, each.day, each.before.total if each.before else "0"] for each in first],
    }


def packs(documents: int) -> int:
    """The number of packs for so many documents."""
    return -(-documents // TOGETHER)


def void_pack(context: Context, record: ImportRecord, pack: int) -> list[Change]:
    """Voids the documents of a pack that are still as the dry run saw them. Safe to repeat."""
    gone = listed(record, pack)
    source = record.form.source
    heads = sales.heads(context, ((source, each.ref) for each in gone))
    voided: list[SaleDocument] = []
    done: list[Change] = []
    for each in gone:
        head = heads.get((source, each.ref))
        if head and head.import_id == record.import_id and head.voided:
            done.append(each)
        elif head and each.before and head.revision == each.before.revision:
            document = sales.newest(context, (source, each.ref), head)
            voided.append(sales.voided(document, f"replaced by {record.import_id}", record.confirmed_by))
            done.append(each)
    sales.record(context, voided, import_id=record.import_id, as_of=record.uploaded_at)
    return done


def listed(record: ImportRecord, pack: int) -> list[Change]:
    return CHANGES.read(store.get(record.import_id, f"gone/{pack:06d}"))


def _gone(ref: str, head: Head) -> Change:
    state = RecordedState(head.company_id, head.business_date.isoformat(), head.revision, f"{head.total:f}")
    return Change(ref, ref.partition("/")[2], state.day, head.company_id, head.currency, state, "")


def _put(record: ImportRecord, pack: int, gone: list[Change]) -> None:
    store.put(record.import_id, f"gone/{pack:06d}", CHANGES.write(gone))
