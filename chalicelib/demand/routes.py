from chalicelib.demand import service, store
from chalicelib.demand.rules import Demand
from chalicelib.demand.schemas import (
    DemandAnswerForm,
    DemandForm,
    DemandView,
    StaffDemandView,
    WaitingDemandsQuery,
    WantedProductsQuery,
    WantedProductView,
)
from chalicelib.platform import Call, CursorPage, ListPage, PageQuery, Routes

routes = Routes(__name__, tag="catalogue")


@routes.post("/v1/demands", scope="catalog.read", problems=("too_many_requests",))
def record_demand(call: Call, form: DemandForm) -> DemandView:
    """Ask for goods that cannot be ordered.

    Name an article that is out of stock, and you get a letter when it is back. Or describe something that the catalogue does not have, and
    the club's staff answer. Asking for the same again updates the quantity and the note.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return DemandView.of(service.record_demand(call.context, company_id, member_id, form))


@routes.get("/v1/demands", scope="catalog.read", query=PageQuery)
def list_demands(call: Call) -> CursorPage[DemandView]:
    """List your own requests for goods and their answers, newest first."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return call.page(
        CursorPage[DemandView],
        store.own_demands,
        call.context.table,
        company_id,
        member_id,
        of=Demand,
        show=DemandView.of,
    )


@routes.post("/v1/demands/{demand_id}/cancel", scope="catalog.read", problems=("wrong_state",))
def cancel_demand(call: Call, demand_id: str) -> DemandView:
    """Cancel a request for goods. Cancelling again changes nothing."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return DemandView.of(service.cancel(call.context, company_id, member_id, demand_id))


@routes.get("/v1/staff/demands", scope="staff.demands.read", query=WantedProductsQuery)
def list_wanted_products(call: Call) -> ListPage[WantedProductView]:
    """List the articles that partners wait for, most wanted first.

    The order is by the number of waiting members, then by units. The list follows a change within seconds.
    """
    return call.page(
        ListPage[WantedProductView],
        service.most_wanted,
        call.context,
        show=lambda wanted: WantedProductView.of(*wanted),
    )


@routes.get("/v1/staff/demands/waiting", scope="staff.demands.read", query=WaitingDemandsQuery)
def list_waiting_demands(call: Call) -> ListPage[StaffDemandView]:
    """List open requests for an article, oldest first; without an article, those described in words."""
    return call.page(
        ListPage[StaffDemandView],
        service.waiting,
        call.context,
        call.query.sku or "",
        show=lambda each: StaffDemandView.to_staff(*each),
    )


@routes.post("/v1/staff/demands/{demand_id}/answer", scope="staff.demands.write", problems=("wrong_state",))
def answer_demand(call: Call, form: DemandAnswerForm, demand_id: str) -> StaffDemandView:
    """Answer a request for goods. The partner gets a letter. The same answer again changes nothing."""
    answered = service.answer(call.context, call.principal.for_member(), demand_id, form)
    [shown] = service.with_names(call.context, [answered])
    return StaffDemandView.to_staff(*shown)
