"""The statement of a period: a query of the day totals and of the payments before it, one of its documents and of its payments, its orders, and bonuses.

The statement of one contract reads all documents of the company in place of the day totals, since these know no contracts.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from chalicelib import bonuses, companies, orders, sales
from chalicelib.analytics.settlements import store as settlements_store
from chalicelib.analytics.statements import rules
from chalicelib.analytics.statements.rules import BonusAccount, Statement
from chalicelib.companies import Company
from chalicelib.platform import Club, Context, Problem, clock, or_not_found
from chalicelib.sales import RecordedRevision

MOST_LINES = 10_000  # of one statement: documents, and payments
MOST_DOCUMENTS = 20_000  # of the company ever, for the statement of one contract
DAY = timedelta(days=1)


def statement_of(
    context: Context, company_id: str, first: date | None, last: date | None, contract: str | None
) -> tuple[Company, Statement]:
    """By default of the running month up to today. `contract`: of this one alone; empty: of documents that name none; None: of all.

    Raises `not_found`; `invalid` for a period that is empty, begins in the future, or has too many lines.
    """
    last = last or context.today
    first = first or last.replace(day=1)
    if last < first:
        raise Problem.invalid("range", "/query/to", "The last day lies before the first one.")
    if first > context.latest_day:
        raise Problem.invalid("in_future", "/query/from", f"This is still to come: today is {context.today}.")
    company = or_not_found(companies.read_company(context, company_id))
    documents = list(islice(sales.current_documents(context, company_id, first, last), MOST_LINES + 1))
    paid = list(islice(settlements_store.settlements(context.table, company_id, first, last), MOST_LINES + 1))
    if max(len(documents), len(paid)) > MOST_LINES:
        raise Problem.invalid("too_long", "/query/from", f"A statement has at most {MOST_LINES} documents.")
    before = list(settlements_store.settlements(context.table, company_id, date.min, first - DAY))
    account = None
    if contract is None:
        totals = sales.day_totals(context, company_id, date.min, first - DAY)
        account = _bonuses(context, company_id, first, last)
    else:
        every = _every_document(context, company_id)
        totals = sales.totals(each for each in every if each.contract == contract)
        named = {each.ref: each.contract for each in every}
        documents = [each for each in documents if each.document.contract == contract]
        paid, before = ([each for each in some if named.get(each.ref, "") == contract] for some in (paid, before))
    opening = rules.opening(totals, before, first)
    numbers = _order_numbers(context, company_id, [each.document.ref for each in documents])
    found = rules.statement(company_id, company.currency, first, last, opening, documents, paid, numbers)
    return company, replace(found, bonuses=account, contract=contract)


def _every_document(context: Context, company_id: str) -> list[RecordedRevision]:
    found = list(islice(sales.counting_documents(context, company_id), MOST_DOCUMENTS + 1))
    if len(found) > MOST_DOCUMENTS:
        told = f"One contract is told apart among at most {MOST_DOCUMENTS} documents of the company."
        raise Problem.invalid("too_long", "/query/contract", told)
    return found


def _bonuses(context: Context, company_id: str, first: date, last: date) -> BonusAccount | None:
    """Of the days of the club's calendar on which postings were recorded. Two reads; one of a company without bonuses."""
    zone = context.config[Club].zone
    after = bonuses.last_posting_before(context, company_id, clock.stamp(clock.day_end(last, zone)))
    begins = clock.stamp(clock.day_end(first - DAY, zone))
    return rules.bonus_account(bonuses.last_posting_before(context, company_id, begins) if after else None, after)


def _order_numbers(context: Context, company_id: str, refs: list[sales.DocumentRef]) -> dict[str, str]:
    """The numbers of the orders behind these documents, by id."""
    ids = {sales.order_of(ref)[1] for ref in refs if ref[0] == sales.ORDERS}
    return {order_id: order.number for order_id, order in orders.load_orders(context, company_id, sorted(ids)).items()}
