"""The statement of account, for the company and for the staff."""

from chalicelib.analytics.statements import service
from chalicelib.analytics.statements.disputes import dispute, disputes_of
from chalicelib.analytics.statements.files import WORDS, statement_file
from chalicelib.analytics.statements.schemas import (
    AccountStatementView,
    DisputeForm,
    DisputeView,
    StatementFileQuery,
    StatementFileView,
    StatementQuery,
)
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="analytics")
_STAFF = "/v1/staff/companies/{company_id}/statement"


@routes.get("/v1/company/statement", scope="bonuses.read", query=StatementQuery)
def show_statement(call: Call) -> AccountStatementView:
    """Show the statement of account of a period: opening balance, invoices, returns and payments by line, closing balance.

    It is a draft for reconciliation, of one contract or of all. The closing balance of a period is the opening balance of the next one, and
    those of all contracts make that of the company. Balances follow a new payment within seconds.
    """
    return _statement(call, call.principal.for_company())


@routes.get("/v1/company/statement/file", scope="bonuses.read", query=StatementFileQuery)
def make_statement_file(call: Call) -> StatementFileView:
    """Make the statement as CSV, XLSX or PDF, in the language of the request.

    The answer has an address that works for five minutes. Rows and control total are the same in every format.
    """
    return statement_file(call.context, call.principal.for_company(), call.query, call.language)


@routes.post("/v1/company/statement/disputes", scope="bonuses.read", problems=("not_found", "too_many_requests"))
def dispute_line(call: Call, form: DisputeForm) -> DisputeView:
    """Dispute a line of the statement: the company has another sum for it. The manager gets a letter.

    The same again changes nothing; another sum takes the place of the one before. No balance changes by it.
    """
    principal = call.principal
    return dispute(call.context, principal.for_company(), principal.for_member(), form)


@routes.get(_STAFF, scope="staff.companies.read", query=StatementQuery)
def show_company_statement(call: Call, company_id: str) -> AccountStatementView:
    """Show the statement of account of a company as the company sees it."""
    return _statement(call, company_id)


@routes.get(f"{_STAFF}/file", scope="staff.companies.read", query=StatementFileQuery)
def make_company_statement_file(call: Call, company_id: str) -> StatementFileView:
    """Make the statement of a company as CSV, XLSX or PDF."""
    return statement_file(call.context, company_id, call.query, call.language)


def _statement(call: Call, company_id: str) -> AccountStatementView:
    company, found = service.statement_of(
        call.context, company_id, call.query.first, call.query.last, call.query.contract
    )
    disputes = disputes_of(call.context.table, company_id)
    return AccountStatementView.of(found, company, call.context.at, WORDS[call.language]["formula"], disputes)
