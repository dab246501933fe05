from chalicelib import companies
from chalicelib.companies import FoundCompaniesPage, Portfolio
from chalicelib.desk.companies import service
from chalicelib.desk.companies.schemas import ListedCompaniesQuery, StaffCompaniesPage
from chalicelib.platform import Call, Problem, Routes

routes = Routes(__name__, tag="companies")


@routes.get("/v1/staff/companies", scope="staff.companies.read", query=ListedCompaniesQuery)
def list_companies(call: Call) -> StaffCompaniesPage:
    """List companies by name, tier, rhythm or what waits for an answer; find one by INN or by a customer of a sales file.

    `manager=me` lists the companies that you manage; `status=waiting` lists pending claims.
    """
    query: ListedCompaniesQuery = call.query
    _one_question(query)
    if query.waits:
        call.require(service.WAITING[query.waits].scope)
    portfolio = Portfolio(query.region, companies.manager_asked_for(query.manager, call.principal.for_member()))
    if query.narrows:
        return service.find(call.context, query, portfolio, call.principal.scopes, call.cursors())
    found = _found(call, query, portfolio)
    return StaffCompaniesPage(
        items=service.shown(call.context, found.items, call.principal.scopes),
        next_cursor=found.next_cursor,
        count=found.count,
    )


def _found(call: Call, query: ListedCompaniesQuery, portfolio: Portfolio) -> FoundCompaniesPage:
    if query.inn:
        return FoundCompaniesPage(items=companies.find_by_inn(call.context, query.inn, query.kpp), next_cursor=None)
    if query.source and query.customer:
        found = companies.find_by_customer(call.context, query.source, query.customer)
        return FoundCompaniesPage(items=found, next_cursor=None)
    if query.status == "waiting":
        return call.page(FoundCompaniesPage, companies.list_waiting, call.context, portfolio)
    return call.page(FoundCompaniesPage, companies.list_companies, call.context, query.q or "", portfolio)


def _one_question(query: ListedCompaniesQuery) -> None:
    """Raises 422 for filters that exclude one another."""
    if query.inn and query.kpp and not companies.needs_kpp(query.inn):
        raise Problem.invalid("kpp_mismatch", "/query/kpp", "A sole trader has no KPP.")
    if query.kpp and not query.inn:
        raise Problem.invalid("required", "/query/inn", "A KPP needs its INN.")
    if bool(query.source) != bool(query.customer):
        missing = "customer" if query.source else "source"
        raise Problem.invalid("required", f"/query/{missing}", "Give source and customer together.")
    asked = {"q": query.q, "inn": query.inn, "source": query.source, "status": query.status == "waiting"}
    given = [name for name, value in asked.items() if value]
    if query.inn or query.source:
        given += [name for name in ("region", "manager") if getattr(query, name)]
    if given and given != ["q"]:
        given += query.narrows
    if len(given) > 1:
        raise Problem.invalid("one_question", f"/query/{given[-1]}", f"This cannot be combined with {given[0]}.")
