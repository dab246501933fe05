"""Routes of orders: place, cancel, confirm; accept, reject, ship; requests for cancellation and returns."""

from chalicelib.orders.cart import service as cart
from chalicelib.orders.cart.schemas import PlaceForm
from chalicelib.orders.holds.service import HOLD_PROBLEMS
from chalicelib.orders.lifecycle import requests, service
from chalicelib.orders.lifecycle.responses import answering, order_answer, orders_page
from chalicelib.orders.lifecycle.schemas import (
    AcceptedOrdersView,
    AcceptForm,
    AcceptOrdersForm,
    AcceptReturnForm,
    CancelForm,
    CancellationResponseForm,
    ConfirmForm,
    CreditView,
    DeclineForm,
    OrderQuery,
    OrderView,
    RejectForm,
    RejectReturnForm,
    RequestCancellationForm,
    ReturnForm,
    ShipForm,
    TrackForm,
)
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Actor, Order
from chalicelib.orders.order.schemas import OrderPage
from chalicelib.platform import Answer, Call, Routes

routes = Routes(__name__, tag="orders")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/orders/{order_id}/request-cancellation",
    scope="orders.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state", "limit_exceeded", "too_many_requests"),
)
def request_cancellation(call: Call, form: RequestCancellationForm, order_id: str) -> Order:
    """Ask the distributor to cancel the part of an accepted order that is not shipped yet.

    The distributor may go on shipping until it answers; the request lapses when all is shipped. An order that is not accepted yet can be
    cancelled without asking.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return requests.request_cancellation(answering(call), company_id, member_id, order_id, form.reason)


@routes.post(
    "/v1/orders/{order_id}/returns",
    scope="orders.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state", "limit_exceeded"),
)
def request_return(call: Call, form: ReturnForm, order_id: str) -> Order:
    """Ask the distributor to take goods back, by shipment.

    The new return is the last of `returns`. All returns of an order never exceed the shipped quantities; a rejected return may be requested
    again.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return requests.request_return(answering(call), company_id, member_id, order_id, form)


# --- the distributor --------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/distributor/orders/{order_id}/approve-cancellation",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state",),
)
def approve_cancellation(call: Call, form: CancellationResponseForm, order_id: str) -> Order:
    """Approve a request for cancellation.

    An order of which nothing was shipped is cancelled. A partly shipped order is completed with the shipped quantities.
    """
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return requests.approve_cancellation(answering(call), distributor_id, author, order_id, form.note)


@routes.post(
    "/v1/distributor/orders/{order_id}/decline-cancellation",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state",),
)
def decline_cancellation(call: Call, form: CancellationResponseForm, order_id: str) -> Order:
    """Decline a request for cancellation: the order will be shipped as accepted."""
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return requests.decline_cancellation(answering(call), distributor_id, author, order_id, form.note)


@routes.post(
    "/v1/distributor/orders/{order_id}/returns/{return_id}/accept",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state", "already_exists"),
)
def accept_return(call: Call, form: AcceptReturnForm, order_id: str, return_id: str) -> Order:
    """Accept a return: all the goods that the company named, or fewer.

    Returned goods leave the purchase volume of the day on which they were bought. The debt of an unpaid shipment falls by their amount.
    """
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return requests.accept_return(answering(call), distributor_id, author, order_id, return_id, form)


@routes.post(
    "/v1/distributor/orders/{order_id}/returns/{return_id}/reject",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state",),
)
def reject_return(call: Call, form: RejectReturnForm, order_id: str, return_id: str) -> Order:
    """Reject a return. The partner reads the reason."""
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return requests.reject_return(answering(call), distributor_id, author, order_id, return_id, form.reason)


# --- the company ------------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/orders",
    scope="orders.write",
    answer=OrderView,
    status=201,
    keyed=True,
    problems=("cabinet_locked", "cart_changed", "price_changed", "debt_overdue", "too_many_requests", *HOLD_PROBLEMS),
)
def place_order(call: Call, form: PlaceForm) -> Order:
    """Place an order with the distributor that serves the company.

    Each line gets the company's current price, and keeps it with its explanation. Without `distributor_id` the order goes to the company's
    own distributor, else to the first one of its region. With `cart_version` the order takes the lines of the member's cart at the prices
    that were current when they were added, and empties the cart.

    An order is refused as a whole: for lines that cannot be ordered (422), a total below the smallest order (422), a `unit_price` that is
    no longer current (409 with the new prices), overdue shipments on credit (409), a credit limit without room (409), a promotion whose
    limits leave no room (409: name it in `without_promotions` to order at the prices without it) and binding stock that is too low (409).
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return cart.place(answering(call), company_id, member_id, form)


@routes.get("/v1/orders", scope="orders.read", query=OrderQuery)
def list_orders(call: Call) -> OrderPage:
    """List the company's orders, newest first."""
    return orders_page(call, order_store.company_orders, call.principal.for_company())


@routes.get("/v1/orders/{order_id}", scope="orders.read")
def show_order(call: Call, order_id: str) -> Answer[OrderView]:
    """Show an order: lines with explained prices, shipments, history."""
    return order_answer(call, order_service.load_order(call.context, call.principal.for_company(), order_id))


@routes.post(
    "/v1/orders/{order_id}/cancel", scope="orders.write", answer=OrderView, keyed=True, problems=("wrong_state",)
)
def cancel_order(call: Call, form: CancelForm, order_id: str) -> Order:
    """Cancel an order that the distributor has not accepted yet. For an accepted order use `request-cancellation`."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    by = Actor("company", member_id)
    return service.cancel(answering(call), company_id, by, order_id, form.note)


@routes.post(
    "/v1/orders/{order_id}/confirm",
    scope="orders.write",
    answer=OrderView,
    keyed=True,
    matched=True,
    problems=("wrong_state", "precondition_failed", "credit_exceeded", "promotion_exhausted"),
)
def confirm_order(call: Call, form: ConfirmForm, order_id: str) -> Order:
    """Confirm an order of which the distributor proposes more units of a line than were ordered.

    Prices stay those of the order, or fall to `proposed_unit_price`. `If-Match` names the version that was read: a later proposal is refused
    with 412. The additional amount must fit into the credit limit (409), as for a new order.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    version, note = call.expected_version(), form.note
    return service.confirm(answering(call), company_id, member_id, order_id, version, note)


@routes.post(
    "/v1/orders/{order_id}/decline", scope="orders.write", answer=OrderView, keyed=True, problems=("wrong_state",)
)
def decline_order(call: Call, form: DeclineForm, order_id: str) -> Order:
    """Decline the proposal of the distributor. The order is cancelled."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.decline(answering(call), company_id, member_id, order_id, form.note)


@routes.get("/v1/company/credit", scope="orders.read")
def show_credit(call: Call) -> CreditView:
    """Show the company's open orders and debts against its credit limit."""
    return service.credit_of(call.context, call.principal.for_company())


@routes.get("/v1/staff/companies/{company_id}/credit", scope="staff.companies.read")
def show_credit_of_company(call: Call, company_id: str) -> CreditView:
    """Show a company's open orders and debts against its credit limit."""
    return service.credit_of(call.context, company_id)


# --- the distributor --------------------------------------------------------------------------------------------------


@routes.get("/v1/distributor/orders", scope="fulfilment.read", query=OrderQuery)
def list_distributor_orders(call: Call) -> OrderPage:
    """List the distributor's orders, newest first."""
    return orders_page(call, order_store.distributor_orders, call.principal.for_distributor())


@routes.get("/v1/distributor/orders/{order_id}", scope="fulfilment.read")
def show_distributor_order(call: Call, order_id: str) -> Answer[OrderView]:
    """Show an order of the distributor."""
    return order_answer(
        call, order_service.distributors_order(call.context, call.principal.for_distributor(), order_id)
    )


@routes.post(
    "/v1/distributor/orders/{order_id}/accept",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state", "limit_exceeded"),
)
def accept_order(call: Call, form: AcceptForm, order_id: str) -> Order:
    """Accept an order as it is, or with other quantities.

    Fewer units are accepted at once. More units of any line need the company's confirmation, for any total: the order is `changed`
    until then, and may be accepted otherwise meanwhile, or rejected. Prices stay those of the order, or fall where today's conditions give
    the larger quantities a lower one.
    """
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return service.accept(answering(call), distributor_id, author, order_id, form)


@routes.post("/v1/distributor/orders/accept", scope="fulfilment.write")
def accept_orders(call: Call, form: AcceptOrdersForm) -> AcceptedOrdersView:
    """Accept up to 50 orders as they are.

    Each order has its own result: one that cannot be accepted stops no other. The same request again changes nothing.
    """
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return AcceptedOrdersView(items=list(service.accept_several(call.context, distributor_id, author, form.order_ids)))


@routes.post(
    "/v1/distributor/orders/{order_id}/reject",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state",),
)
def reject_order(call: Call, form: RejectForm, order_id: str) -> Order:
    """Reject an order. The partner reads the reason."""
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return service.reject(answering(call), distributor_id, author, order_id, form.reason)


@routes.post(
    "/v1/distributor/orders/{order_id}/ship",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state", "already_exists"),
)
def ship_order(call: Call, form: ShipForm, order_id: str) -> Order:
    """Record a shipment: a part of the order, or the rest of it. The last part completes the order.

    The shipment counts as the company's purchase volume on the business date of its document.
    """
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return service.ship(answering(call), distributor_id, author, order_id, form)


@routes.post(
    "/v1/distributor/orders/{order_id}/track",
    scope="fulfilment.write",
    answer=OrderView,
    keyed=True,
    problems=("too_many_requests",),
)
def track_shipment(call: Call, form: TrackForm, order_id: str) -> Order:
    """Set or correct carrier and tracking number of a shipment, in any state of its order.

    The partner gets a letter with a number that is new.
    """
    distributor_id = call.principal.for_distributor()
    return service.track(answering(call), distributor_id, order_id, form)
