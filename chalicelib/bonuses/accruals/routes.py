"""What each purchase earned, and why."""

from chalicelib import companies
from chalicelib.bonuses.accruals import service
from chalicelib.bonuses.accruals.schemas import Accruals, AccrualShown
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="bonuses")


@routes.get("/v1/company/accruals", scope="bonuses.read", query=PageQuery, answer=Accruals)
def list_accruals(call: Call) -> Accruals:
    """List what each purchase earned, latest first, with the rates that gave it.

    As the documents, payments and tiers are known now; what was posted on the way is in the entries.
    """
    return _shown(call, call.principal.for_company())


@routes.get(
    "/v1/staff/companies/{company_id}/accruals",
    scope="staff.bonuses.read",
    query=PageQuery,
    answer=Accruals,
    problems=("not_found",),
)
def list_accruals_of_company(call: Call, company_id: str) -> Accruals:
    """List what each purchase of a company earned, as the company sees it."""
    return _shown(call, company_id)


def _shown(call: Call, company_id: str) -> Accruals:
    company = companies.read_company(call.context, company_id)
    if company is None:
        raise Problem("not_found")
    cursors = call.cursors()
    found, last = service.listed(call.context, company_id, call.query.limit, cursors.open(call.query.cursor))
    context = call.context
    items = [AccrualShown.of(each, company.currency, call.language, context.config, context.today) for each in found]
    return Accruals(items=items, next_cursor=cursors.close(last))
