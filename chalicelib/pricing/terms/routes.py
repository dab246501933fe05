"""Personal terms, for the company and for the staff."""

from chalicelib import companies
from chalicelib.platform import Answer, Call, Context, Routes, or_not_found
from chalicelib.pricing.terms import service, store
from chalicelib.pricing.terms.schemas import TermsChangeView, TermsForm, TermsView

routes = Routes(__name__, tag="prices")


@routes.get("/v1/company/terms", scope="company.read")
def show_terms(call: Call) -> Answer[TermsView]:
    """Show the personal terms of the company by contract.

    They are prices, discounts, the smallest order, the days to pay and the credit limit.
    """
    return _terms(call.context, call.principal.for_company())


@routes.get("/v1/staff/companies/{company_id}/terms", scope="staff.companies.read")
def show_company_terms(call: Call, company_id: str) -> Answer[TermsView]:
    """Show the personal terms of a company."""
    return _terms(call.context, company_id)


@routes.put(
    "/v1/staff/companies/{company_id}/terms",
    scope="staff.terms.write",
    matched=True,
    problems=("precondition_failed", "limit_exceeded"),
)
def replace_terms(call: Call, form: TermsForm, company_id: str) -> Answer[TermsChangeView]:
    """Replace the personal terms of a company, all contracts as a whole. They hold from the next price on.

    A contract that gives more than the club's bounds, and more than it gives at present, waits for a second person: then nothing changes yet,
    and the answer names the approval. The ETag of a company without terms is `"0"`.
    """
    author, version = call.principal.for_member(), call.expected_version()
    approval_id = service.replace_terms(call.context, company_id, form, author=author, version=version)
    shown = _terms(call.context, company_id)
    location = {"Location": f"/v1/staff/approvals/{approval_id}"} if approval_id else {}
    changed = TermsChangeView(**dict(shown.model), approval_id=approval_id)
    return Answer(changed, headers={**shown.headers, **location})


def _terms(context: Context, company_id: str) -> Answer[TermsView]:
    company = or_not_found(companies.read_company(context, company_id))
    item = store.terms(context.table, company_id)
    answer = TermsView(currency=company.currency, contracts=store.contract_forms(item))
    return Answer.at(answer, int(item["version"]) if item else 0)
