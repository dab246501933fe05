"""Disputed lines: "we have another sum".

A dispute is one item for each line, with what the company said last. The same again writes nothing. It changes no balance: a correction comes
from the books, and the statement shows both sums until they are the same.
"""

from decimal import Decimal

from chalicelib import sales
from chalicelib.analytics.settlements.store import read_settled
from chalicelib.analytics.statements import keys
from chalicelib.analytics.statements.events import DISPUTED
from chalicelib.analytics.statements.model import Dispute
from chalicelib.analytics.statements.rules import LineKind, line_parts
from chalicelib.analytics.statements.schemas import DisputeForm, DisputeView
from chalicelib.companies import company_key, read_company
from chalicelib.platform import DAY, Context, Problem, hold_throttle, record_event
from chalicelib.sales import DocumentRef
from chalicelib.table import Table, Transaction, company_partition, from_item, to_item

MOST_A_DAY = 50  # of a company: each is a letter to its manager, with words of the sender


def dispute(context: Context, company_id: str, member_id: str, form: DisputeForm) -> DisputeView:
    """Raises `not_found` for a line that is not the company's, 429 for too many of the day."""
    kind, ref = line_parts(form.line_id)
    company, amount = read_company(context, company_id), _amount(context, company_id, kind, ref)
    if company is None or amount is None:
        raise Problem("not_found", "The company's statement has no such line.")
    key = keys.dispute(company_id, form.line_id)
    present = context.table.get(key, consistent=True)
    made = Dispute(form.line_id, form.claimed, form.note, member_id, context.at)
    before = from_item(Dispute, present) if present else None
    if before and (before.claimed, before.note) == (made.claimed, made.note):
        return DisputeView.from_record(before, company.currency)
    tx = Transaction()
    tx.put({**key.as_item(), **to_item(made)})
    facts = {
        "company_id": company_id,
        "line_id": form.line_id,
        "kind": kind,
        "document": ref[1].rpartition("/")[2],
        "amount": amount,
        "claimed": form.claimed,
        "currency": company.currency,
        "note": form.note,
        "by": member_id,
    }
    record_event(tx, context, company_key(company_id), DISPUTED, **facts)
    hold_throttle(tx, context, "disputes", company_id, MOST_A_DAY, DAY)
    context.table.commit(tx)
    return DisputeView.from_record(made, company.currency)


def disputes_of(table: Table, company_id: str) -> dict[str, Dispute]:
    """The company's disputes by line; one query."""
    prefix = keys.dispute(company_id).sk
    found = (from_item(Dispute, item) for item in table.query_all(company_partition(company_id), starts=prefix))
    return {each.line_id: each for each in found}


def _amount(context: Context, company_id: str, kind: LineKind, ref: DocumentRef) -> Decimal | None:
    """The sum of the line in the club's books, without a sign; None where the company has no such line."""
    if kind == "payment":
        settlement = read_settled(context.table, ref).settlement
        return settlement.amount if settlement and settlement.company_id == company_id else None
    head = sales.heads(context, [ref]).get(ref)
    if head is None or head.company_id != company_id or head.voided or head.other_currency:
        return None
    return abs(head.total) if (kind == "return") == (head.total < 0) else None
