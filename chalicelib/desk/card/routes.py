from chalicelib.desk.card import service
from chalicelib.desk.card.schemas import CompanyCardView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="companies")


@routes.get("/v1/staff/companies/{company_id}/card", scope="staff.companies.read")
def show_company_card(call: Call, company_id: str) -> CompanyCardView:
    """Show one page with everything about a company, to read before a call.

    Its people, manager and distributor, tier and purchases, rhythm, terms and offers, newest orders, debts and bonuses.
    """
    return service.show(call.context, company_id, call.principal.scopes, call.language)
