"""The summary of an import: control totals, the first documents, what they change, and the documents that the file names.

Each part of a file makes its own; `merged` makes one of all. A summary is kept as JSON, sums as texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import nsmallest
from typing import NamedTuple

from chalicelib.exchange.documents.rules import DocumentDraft, DocumentDrafts, repeated_rows
from chalicelib.platform.packing import JsonOf
from chalicelib.sales import Outcome

SHOWN = 10  # documents and customers of the summary itself
MOST_CHANGES = 100_000  # in the list for download


class RecordedState(NamedTuple):
    """A recorded state of a document before the import came: its company, ISO day, revision and total."""

    company_id: str
    day: str
    revision: int
    total: str
    voided: bool = False


class Change(NamedTuple):
    """A document that is recorded by the import, or would be. `before` is None for a new one, `after` empty for one that is voided."""

    ref: str
    title: str
    day: str
    company_id: str
    currency: str
    before: RecordedState | None
    after: str


class FirstDocument(NamedTuple):
    row: int
    document: str
    kind: str
    day: str
    customer: str
    customer_name: str
    lines: int
    quantity: str
    amount: str
    currency: str


class NewCustomer(NamedTuple):
    row: int
    customer: str
    name: str
    inn: str | None
    kpp: str | None


@dataclass(slots=True)
class Summary:
    """`amounts`: by currency. `repeated`: rows that repeat another one of their document; `repeated_rows`: the first of them. `named`: all documents that the file names, by series/number; `unnamed`: rows whose document is unknown."""

    documents: int = 0
    quantity: str = "0"
    amounts: dict[str, str] = field(default_factory=dict)
    first_day: str = ""
    last_day: str = ""
    customers: list[str] = field(default_factory=list)
    first: list[FirstDocument] = field(default_factory=list)
    new_customers: list[NewCustomer] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    unnamed: int = 0
    repeated: int = 0
    repeated_rows: list[int] = field(default_factory=list)


SUMMARY = JsonOf[Summary](Summary)
CHANGES = JsonOf[list[Change]](list[Change])


def summarised(
    part: DocumentDrafts,
    recorded: Iterable[tuple[DocumentDraft, Outcome]],
    states: Mapping[str, RecordedState],
    company_ids: Mapping[str, str],
) -> Summary:
    """The summary of a part."""
    made = Summary()
    drafts = list(part.good())
    amounts: dict[str, Decimal] = {}
    quantity = Decimal(0)
    for draft in drafts:
        amounts[draft.currency] = amounts.get(draft.currency, Decimal(0)) + draft.total
        quantity += sum((row.quantity for row in draft.rows), Decimal(0))
    days = [draft.business_date.isoformat() for draft in drafts]
    made.documents, made.quantity = len(drafts), f"{quantity:f}"
    made.amounts = {currency: f"{amount:f}" for currency, amount in sorted(amounts.items())}
    made.first_day, made.last_day = min(days, default=""), max(days, default="")
    made.customers = sorted({draft.customer.ref for draft in drafts})
    made.first = [_first(draft) for draft in nsmallest(SHOWN, drafts, key=lambda each: each.rows[0].row)]
    fresh = {draft.customer.ref: draft for draft in reversed(drafts) if draft.customer.ref not in company_ids}
    made.new_customers = [
        NewCustomer(draft.rows[0].row, ref, draft.customer.name, draft.customer.inn, draft.customer.kpp)
        for ref, draft in sorted(fresh.items(), key=lambda each: each[1].rows[0].row)[:SHOWN]
    ]
    for draft, outcome in recorded:
        if outcome in ("created", "changed"):
            ref = draft.ref
            company_id = company_ids.get(draft.customer.ref, "")
            day, total = draft.business_date.isoformat(), f"{draft.total:f}"
            before = states.get(ref)
            made.changes.append(
                Change(ref, draft.title or draft.number, day, company_id, draft.currency, before, total)
            )
    made.named = sorted({draft.ref for draft in part.every()})
    repeated = sorted(row for draft in part.good() for row in repeated_rows(draft))
    made.repeated, made.repeated_rows = len(repeated), repeated[:SHOWN]
    made.numbers, made.unnamed = sorted(part.wrong), part.unnamed
    return made


def _first(draft: DocumentDraft) -> FirstDocument:
    return FirstDocument(
        draft.rows[0].row,
        draft.title or draft.number,
        "return" if draft.is_return else "sale",
        draft.business_date.isoformat(),
        draft.customer.ref,
        draft.customer.name,
        len(draft.rows),
        f"{sum((row.quantity for row in draft.rows), Decimal(0)):f}",
        f"{draft.total:f}",
        draft.currency,
    )


def merged(several: Iterable[Summary]) -> Summary:
    """One summary of all parts. Its changes are only those of documents that were known before."""
    made = Summary()
    amounts: dict[str, Decimal] = {}
    quantity = Decimal(0)
    customers: set[str] = set()
    fresh: dict[str, NewCustomer] = {}
    for each in several:
        made.documents += each.documents
        made.unnamed += each.unnamed
        made.repeated += each.repeated
        made.repeated_rows = sorted([*made.repeated_rows, *each.repeated_rows])[:SHOWN]
        quantity += Decimal(each.quantity)
        for currency, amount in each.amounts.items():
            amounts[currency] = amounts.get(currency, Decimal(0)) + Decimal(amount)
        made.first_day = min(filter(None, (made.first_day, each.first_day)), default="")
        made.last_day = max(made.last_day, each.last_day)
        customers.update(each.customers)
        made.first = sorted([*made.first, *each.first])[:SHOWN]
        for customer in each.new_customers:
            if customer.customer not in fresh or customer.row < fresh[customer.customer].row:
                fresh[customer.customer] = customer
        room = MOST_CHANGES - len(made.changes)
        made.changes += [change for change in each.changes if change.before][:room]
    made.quantity = f"{quantity:f}"
    made.amounts = {currency: f"{amount:f}" for currency, amount in sorted(amounts.items())}
    made.customers = sorted(customers)
    made.new_customers = sorted(fresh.values())[:SHOWN]
    return made
