"""Balances, postings and statements, for the company and for the staff."""

from typing import TypeVar

from chalicelib import companies
from chalicelib.bonuses.ledger import statements, store
from chalicelib.bonuses.ledger.rules import Posting
from chalicelib.bonuses.ledger.schemas import (
    BalancesView,
    BonusesView,
    PostingPage,
    PostingsQuery,
    PostingView,
    StatementLineView,
    StatementQuery,
    StatementView,
)
from chalicelib.platform import Call, Routes, or_not_found

routes = Routes(__name__, tag="bonuses")

Case = TypeVar("Case")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.get("/v1/company/bonuses", scope="bonuses.read", by_token=True)
def show_bonuses(call: Call) -> BonusesView:
    """Show the company's bonuses: balances, lots with their expiry, debt."""
    return statements.bonuses(call.context, call.principal.for_company())


@routes.get("/v1/company/bonuses/entries", scope="bonuses.read", query=PostingsQuery)
def list_postings(call: Call) -> PostingPage:
    """List the postings of the company's ledger, newest first.

    Postings are never changed or deleted; the balances are the sum of all entries.
    """
    return _postings(call, call.principal.for_company())


@routes.get("/v1/company/bonuses/statement", scope="bonuses.read", query=StatementQuery)
def show_bonus_statement(call: Call) -> StatementView:
    """Show the statement of a month: opening balances, every posting with its document, closing balances."""
    return _statement(call, call.principal.for_company())


# --- the staff --------------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/companies/{company_id}/bonuses", scope="staff.bonuses.read")
def show_bonuses_of_company(call: Call, company_id: str) -> BonusesView:
    """Show a company's bonuses as the company sees them."""
    return statements.bonuses(call.context, company_id)


@routes.get("/v1/staff/companies/{company_id}/bonuses/entries", scope="staff.bonuses.read", query=PostingsQuery)
def list_postings_of_company(call: Call, company_id: str) -> PostingPage:
    """List the postings of a company's ledger, newest first."""
    or_not_found(companies.read_company(call.context, company_id))
    return _postings(call, company_id)


@routes.get("/v1/staff/companies/{company_id}/bonuses/statement", scope="staff.bonuses.read", query=StatementQuery)
def show_bonus_statement_of_company(call: Call, company_id: str) -> StatementView:
    """Show a company's statement of a month."""
    return _statement(call, company_id)


# --- what both see ----------------------------------------------------------------------------------------------------


def _postings(call: Call, company_id: str) -> PostingPage:
    return call.page(
        PostingPage,
        store.postings,
        call.context.table,
        company_id,
        of=Posting,
        show=lambda posting: PostingView.of(posting, call.language),
    )


def _statement(call: Call, company_id: str) -> StatementView:
    cursors, query = call.cursors(), call.query
    found = statements.statement(call.context, company_id, query.month, query.limit, cursors.open(query.cursor))
    return StatementView(
        company_id=company_id,
        month=found.month,
        complete=found.complete,
        opening=BalancesView.from_record(found.opening, found.currency),
        closing=BalancesView.from_record(found.closing, found.currency),
        lines=[StatementLineView.of(posting, call.language) for posting in found.postings],
        next_cursor=cursors.close(found.last),
    )
