"""Bonuses: as the company sees and spends them, as the staff correct them."""

from typing import TypeVar

from chalicelib import companies
from chalicelib.bonuses.ledger import statements
from chalicelib.bonuses.ledger.schemas import (
    BonusesAnswer,
    PostingAnswer,
    PostingPage,
    Standings,
    StatementAnswer,
    StatementLine,
    StatementQuery,
)
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="bonuses")

Case = TypeVar("Case")

STEP = ("not_found", "wrong_state")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.get("/v1/company/bonuses", scope="bonuses.read", answer=BonusesAnswer)
def show_bonuses(call: Call) -> BonusesAnswer:
    """Tell what bonuses the company has: balances, lots with their expiry, debt."""
    return statements.bonuses(call.context, call.principal.for_company())


@routes.get("/v1/company/bonuses/entries", scope="bonuses.read", query=PageQuery, answer=PostingPage)
def list_postings(call: Call) -> PostingPage:
    """List the postings of the company's ledger, newest first.

    Nothing of it is ever changed or deleted; the balances are the sum of all entries.
    """
    return _postings(call, call.principal.for_company())


@routes.get("/v1/company/bonuses/statement", scope="bonuses.read", query=StatementQuery, answer=StatementAnswer)
def bonus_statement(call: Call) -> StatementAnswer:
    """Give account of a month: opening balances, every posting with its document, closing balances."""
    return _statement(call, call.principal.for_company())


# --- the staff --------------------------------------------------------------------------------------------------------


@routes.get(
    "/v1/staff/companies/{company_id}/bonuses",
    scope="staff.bonuses.read",
    answer=BonusesAnswer,
    problems=("not_found",),
)
def show_bonuses_of_company(call: Call, company_id: str) -> BonusesAnswer:
    """Tell what bonuses a company has, as the company sees it."""
    return statements.bonuses(call.context, company_id)


@routes.get(
    "/v1/staff/companies/{company_id}/bonuses/entries",
    scope="staff.bonuses.read",
    query=PageQuery,
    answer=PostingPage,
    problems=("not_found",),
)
def list_postings_of_company(call: Call, company_id: str) -> PostingPage:
    """List the postings of a company's ledger, newest first."""
    check_company(call, company_id)
    return _postings(call, company_id)


@routes.get(
    "/v1/staff/companies/{company_id}/bonuses/statement",
    scope="staff.bonuses.read",
    query=StatementQuery,
    answer=StatementAnswer,
    problems=("not_found",),
)
def bonus_statement_of_company(call: Call, company_id: str) -> StatementAnswer:
    """Give account of a company's month."""
    return _statement(call, company_id)


def check_company(call: Call, company_id: str) -> None:
    """Raises 404 for a company that is not there, where nothing else would: its lists are empty."""
    if companies.read_company(call.context, company_id) is None:
        raise Problem("not_found")


# --- what both see ----------------------------------------------------------------------------------------------------


def _postings(call: Call, company_id: str) -> PostingPage:
    cursors = call.cursors()
    found, last = statements.postings(call.context, company_id, call.query.limit, cursors.open(call.query.cursor))
    items = [PostingAnswer.of(posting, call.language) for posting in found]
    return PostingPage(items=items, next_cursor=cursors.close(last))


def _statement(call: Call, company_id: str) -> StatementAnswer:
    cursors, query = call.cursors(), call.query
    found = statements.statement(call.context, company_id, query.month, query.limit, cursors.open(query.cursor))
    return StatementAnswer(
        company_id=company_id,
        month=found.month,
        complete=found.complete,
        opening=Standings.of(found.opening, found.currency),
        closing=Standings.of(found.closing, found.currency),
        lines=[StatementLine.of(posting, call.language) for posting in found.postings],
        next_cursor=cursors.close(found.last),
    )
