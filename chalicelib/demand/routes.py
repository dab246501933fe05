"""Wishes for what is not in stock or not in range: said by partners, answered by the club's staff."""

from chalicelib.demand import service
from chalicelib.demand.schemas import (
    DemandAnswerForm,
    DemandForm,
    DemandPage,
    DemandView,
    StaffDemandPage,
    StaffDemandView,
    WaitingQuery,
    WantedProductPage,
    WantedProductView,
)
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="catalogue")


@routes.post("/v1/demands", scope="catalog.read", body=DemandForm, answer=DemandView, problems=("too_many_requests",))
def record_demand(call: Call) -> DemandView:
    """Say what you need and cannot order.

    Either an article that is not in stock: you get a letter as soon as it is. Or in words something that the catalogue does not have: the
    club's staff answer. The same wish again is the same one, with the quantity and the note that it has now.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return DemandView.of(service.wish(call.context, company_id, member_id, call.body))


@routes.get("/v1/demands", scope="catalog.read", query=PageQuery, answer=DemandPage)
def list_demands(call: Call) -> DemandPage:
    """List your own wishes and their answers, newest first."""
    company_id, member_id, cursors = call.principal.for_company(), call.principal.for_member(), call.cursors()
    found, last = service.page(call.context, company_id, member_id, call.query.limit, cursors.open(call.query.cursor))
    return DemandPage(items=[DemandView.of(each) for each in found], next_cursor=cursors.close(last))


@routes.post("/v1/demands/{demand_id}/cancel", scope="catalog.read", answer=DemandView, problems=("wrong_state",))
def cancel_demand(call: Call, demand_id: str) -> DemandView:
    """Take a wish back. A second time changes nothing."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return DemandView.of(service.cancel(call.context, company_id, member_id, demand_id))


@routes.get("/v1/staff/demands", scope="staff.demands.read", query=PageQuery, answer=WantedProductPage)
def list_wanted_products(call: Call) -> WantedProductPage:
    """List what partners wait for, most wanted first.

    By the number of those who wait, then by units. The list follows within seconds.
    """
    cursors = call.cursors()
    found, last = service.most_wanted(call.context, call.query.limit, cursors.open(call.query.cursor))
    return WantedProductPage(
        items=[WantedProductView.of(count, product) for count, product in found], next_cursor=cursors.close(last)
    )


@routes.get("/v1/staff/demands/waiting", scope="staff.demands.read", query=WaitingQuery, answer=StaffDemandPage)
def list_waiting_demands(call: Call) -> StaffDemandPage:
    """List open wishes, oldest first: for an article, or in words where none is named."""
    cursors = call.cursors()
    found, last = service.waiting(call.context, call.query.sku or "", call.query.limit, cursors.open(call.query.cursor))
    return StaffDemandPage(items=[StaffDemandView.of(each) for each in found], next_cursor=cursors.close(last))


@routes.post(
    "/v1/staff/demands/{demand_id}/answer",
    scope="staff.demands.write",
    body=DemandAnswerForm,
    answer=StaffDemandView,
    problems=("wrong_state",),
)
def answer_demand(call: Call, demand_id: str) -> StaffDemandView:
    """Answer a wish: the partner gets a letter. The same answer again changes nothing."""
    return StaffDemandView.of(service.answer(call.context, call.principal.for_member(), demand_id, call.body))
