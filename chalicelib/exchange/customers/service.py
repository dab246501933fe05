"""Moves of a customer from one company to another: two companies that are one firm, one company that is two, or a wrong link.

    preview   tells what a move would change
    move      links the customer to the other company, and starts to move its documents
    move_page moves the documents among the next hundred of the company, and asks for the next page
    undo      moves them back, for a day

A document is recorded for the other company as its next revision, so tiers, bonuses and reports follow by themselves. Shipments of the portal
stay with the company that ordered them.

Weakest point: an import that runs meanwhile may write documents of the customer to the company that it looked up before the move. The next
file that names them moves them.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from chalicelib import bonuses, companies, sales, tiers
from chalicelib.companies import Company
from chalicelib.exchange.customers import store
from chalicelib.exchange.customers.schemas import (
    CustomerMoveForm,
    CustomerMovePreviewView,
    CustomerMoveReasonForm,
    CustomerMoveView,
    MovedCompanyView,
)
from chalicelib.exchange.customers.store import CustomerMove
from chalicelib.platform import Context, Money, Problem, moment, or_not_found
from chalicelib.table import Position, Transaction

PAGE = 100  # documents of a company that are looked at together
PREVIEW_PAGES = 20
UNDO = timedelta(days=1)


def preview(context: Context, form: CustomerMoveForm) -> CustomerMovePreviewView:
    """The changes that a move would make. Nothing is written."""
    company, other, _ = _companies(context, form)
    changed: dict[date, Decimal] = {}
    refs = []
    after, pages = None, 0
    while pages < PREVIEW_PAGES:
        found, after = sales.of_customer(context, company.company_id, form.source, _key(form), PAGE, after)
        pages += 1
        for document, head in found:
            if head.voided:
                continue
            refs.append(document.ref)
            if not head.other_currency:
                changed[head.counting.day] = changed.get(head.counting.day, Decimal(0)) + head.total
        if after is None:
            break
    currency = company.currency
    loses = {day: -amount for day, amount in changed.items()}
    return CustomerMovePreviewView(
        documents=len(refs),
        complete=after is None,
        purchases=Money(amount=sum(changed.values(), Decimal(0)), currency=currency),
        bonuses=Money(amount=bonuses.accrued_for(context, company.company_id, refs), currency=currency),
        company=_moved(context, company, loses),
        other=_moved(context, other, changed) if form.company_id else _new(other),
    )


def _moved(context: Context, company: Company, changed: Mapping[date, Decimal]) -> MovedCompanyView:
    now, then = tiers.tier_with(context, company.company_id, changed)
    return MovedCompanyView(
        company_id=company.company_id, name=company.name, tier=now.tier or None, tier_after=then.tier or None
    )


def _new(company: Company) -> MovedCompanyView:
    return MovedCompanyView(company_id=None, name=company.name, tier=None, tier_after=None)


def move(context: Context, form: CustomerMoveReasonForm, by: str) -> CustomerMoveView:
    """Links the customer to the other company, and starts to move its documents."""
    company, other, is_new = _companies(context, form)
    made = CustomerMove(
        move_id=context.new_id("mov"),
        source=form.source,
        customer=_key(form),
        from_company_id=company.company_id,
        to_company_id=other.company_id,
        reason=form.reason,
        by=by,
        at=context.at,
    )
    return _begin(context, Transaction(), made, other, is_new=is_new)


def follow_move(
    context: Context, move_id: str, customer: tuple[str, str], company_id: str, to: str, reason: str, by: str
) -> bool:
    """Moves a customer (source and key) as a part of other work, under an id that this work knows. Safe to repeat.

    True once its documents have followed, and where the customer is not of the company any more.
    """
    found = store.load(context, move_id)
    if found:
        return found.state == "done"
    source, key = customer
    known = companies.known_customers(context, source, [key]).get(key)
    other = companies.read_company(context, to)
    if known is None or other is None or known.company_id != company_id:
        return True
    made = CustomerMove(
        move_id=move_id,
        source=source,
        customer=key,
        from_company_id=company_id,
        to_company_id=to,
        reason=reason,
        by=by,
        at=context.at,
    )
    _begin(context, Transaction(), made, other, is_new=False)
    return False


def undo(context: Context, move_id: str, by: str) -> CustomerMoveView:
    """Moves the customer and its documents back."""
    found = _known(context, move_id)
    if found.undone_at or found.state != "done" or context.now - moment(found.at) > UNDO:
        raise Problem("wrong_state", "A move can be undone once, when its documents have followed, and for a day.")
    back = or_not_found(companies.read_company(context, found.from_company_id))
    tx = Transaction()
    store.undo(tx, context, found, by)
    made = CustomerMove(
        move_id=context.new_id("mov"),
        source=found.source,
        customer=found.customer,
        from_company_id=found.to_company_id,
        to_company_id=found.from_company_id,
        reason=found.reason,
        undoes=found.move_id,
        by=by,
        at=context.at,
    )
    return _begin(context, tx, made, back, is_new=False)


def _begin(context: Context, tx: Transaction, made: CustomerMove, other: Company, *, is_new: bool) -> CustomerMoveView:
    companies.relink_customer(tx, context, made.source, made.customer, made.from_company_id, other, is_new=is_new)
    store.create(tx, context, made)
    shown = _view(made)
    return context.commit(tx, shown, refusal=Problem("conflict", "Somebody else has moved this customer meanwhile."))


def show(context: Context, move_id: str) -> CustomerMoveView:
    return _view(_known(context, move_id))


def page(context: Context, limit: int, after: Position) -> tuple[list[CustomerMoveView], Position]:
    """Newest first. One call."""
    found = store.page(context.table, limit, after)
    return [_view(CustomerMove.from_item(item)) for item in found.items], found.last


def move_page(context: Context, message: dict[str, Any]) -> None:
    """Moves the documents of one page, and asks for the next. Safe to repeat."""
    body = json.loads(message["body"])
    found = store.load(context, body["move_id"])
    if found is None or found.state == "done" or found.page > body["page"]:
        return
    several, after = sales.of_customer(context, found.from_company_id, found.source, found.customer, PAGE, found.after)
    store.count_page(context, found, sum(not head.voided for _, head in several))
    # As of the moment of their own states, so that a newer file still finds them older.
    for as_of, group in groupby(sorted(several, key=lambda each: each[1].as_of), key=lambda each: each[1].as_of):
        documents = [sales.with_company(document, found.to_company_id) for document, _ in group]
        sales.record(context, documents, import_id=found.move_id, as_of=as_of)
    store.finish_page(context, found, after)
    if after:
        store.enqueue(found.move_id, found.page + 1)


def _companies(context: Context, form: CustomerMoveForm) -> tuple[Company, Company, bool]:
    """The company of the customer, the other one, and whether that is yet to be made. Raises 404 and 422."""
    known = companies.known_customers(context, form.source, [_key(form)]).get(_key(form))
    company = companies.read_company(context, known.company_id) if known else None
    if company is None:
        raise Problem("not_found", "The club does not know this customer of this source.")
    if form.company_id is None:
        fresh = Company(
            company_id=context.new_id("com"),
            name=company.name,
            currency=company.currency,
            origin="import",
            created_at=context.at,
            version=1,
        )
        return company, fresh, True
    other = companies.read_company(context, form.company_id)
    if other is None:
        raise Problem.invalid("unknown_company", "/company_id", "The club does not know this company.")
    if other.company_id == company.company_id:
        raise Problem.invalid("same_company", "/company_id", "The customer belongs to this company already.")
    if other.currency != company.currency:
        raise Problem.invalid("currency", "/company_id", "The two companies buy in different currencies.")
    return company, other, False


def _key(form: CustomerMoveForm) -> str:
    return (
        form.customer
        if form.customer.startswith(("inn:", "name:"))
        else companies.customer_key(form.customer, "", "", "")
    )


def _known(context: Context, move_id: str) -> CustomerMove:
    return or_not_found(store.load(context, move_id))


def _view(move: CustomerMove) -> CustomerMoveView:
    return CustomerMoveView(**move.model_dump(include=set(CustomerMoveView.model_fields)))
