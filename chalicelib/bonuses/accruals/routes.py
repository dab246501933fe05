"""The bonuses of each purchase, with the rates behind them."""

from chalicelib import companies
from chalicelib.bonuses.accruals import service
from chalicelib.bonuses.accruals.schemas import AccrualPage, AccrualsQuery, AccrualView
from chalicelib.platform import Call, Routes, or_not_found

routes = Routes(__name__, tag="bonuses")


@routes.get("/v1/company/accruals", scope="bonuses.read", query=AccrualsQuery)
def list_accruals(call: Call) -> AccrualPage:
    """List the bonuses that each purchase earned, latest first, with their rates.

    By the documents, payments and tiers as they are now known. The postings behind each bonus are among the entries.
    """
    return _shown(call, call.principal.for_company())


@routes.get("/v1/staff/companies/{company_id}/accruals", scope="staff.bonuses.read", query=AccrualsQuery)
def list_accruals_of_company(call: Call, company_id: str) -> AccrualPage:
    """List the bonuses that a company's purchases earned, as the company sees them."""
    return _shown(call, company_id)


def _shown(call: Call, company_id: str) -> AccrualPage:
    company = or_not_found(companies.read_company(call.context, company_id))
    context, currency = call.context, company.currency
    return call.page(
        AccrualPage,
        service.list_accruals,
        context,
        company_id,
        show=lambda each: AccrualView.of(each, currency, call.language, context.config, context.today),
    )
