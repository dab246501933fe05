"""What is asked of an accepted order: to cancel the rest of it, and to take goods back."""

from chalicelib.orders.cart import service as cart
from chalicelib.orders.cart.schemas import PlaceForm
from chalicelib.orders.holds.service import HOLD_PROBLEMS
from chalicelib.orders.lifecycle import requests, service
from chalicelib.orders.lifecycle.responses import answering, order_answer
from chalicelib.orders.lifecycle.schemas import (
    AcceptForm,
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
)
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Actor, Order
from chalicelib.orders.order.schemas import OrderPage, OrderSummaryView
from chalicelib.orders.quoting import service as quoting
from chalicelib.orders.quoting.schemas import QuoteForm, QuoteView
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.table.client import Page

routes = Routes(__name__, tag="orders")

STEP_PROBLEMS = ("not_found", "wrong_state")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/orders/{order_id}/request-cancellation",
    scope="orders.write",
    body=RequestCancellationForm,
    answer=OrderView,
    keyed=True,
    problems=(*STEP_PROBLEMS, "limit_exceeded"),
)
def request_cancellation(call: Call, order_id: str) -> Order:
    """Ask the distributor not to deliver what it accepted and has not shipped yet.

    Until it answers it may go on shipping; when all is shipped the request lapses. An order that is not accepted yet is simply cancelled.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return requests.request_cancellation(answering(call), company_id, member_id, order_id, call.body.reason)


@routes.post(
    "/v1/orders/{order_id}/returns",
    scope="orders.write",
    body=ReturnForm,
    answer=OrderView,
    keyed=True,
    problems=(*STEP_PROBLEMS, "limit_exceeded"),
)
def request_return(call: Call, order_id: str) -> Order:
    """Ask the distributor to take goods back, by the shipments they came with.

    The new return is the last of `returns`. Together returns never exceed what was shipped; what the distributor rejects may be asked for
    again.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return requests.request_return(answering(call), company_id, member_id, order_id, call.body)


# --- the distributor --------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/distributor/orders/{order_id}/approve-cancellation",
    scope="fulfilment.write",
    body=CancellationResponseForm,
    answer=OrderView,
    keyed=True,
    problems=STEP_PROBLEMS,
)
def approve_cancellation(call: Call, order_id: str) -> Order:
    """Agree that what is not shipped will not come.

    An order of which nothing was shipped is cancelled by this; any other is completed with what was.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return requests.approve_cancellation(answering(call), distributor_id, member_id, order_id, call.body.note)


@routes.post(
    "/v1/distributor/orders/{order_id}/decline-cancellation",
    scope="fulfilment.write",
    body=CancellationResponseForm,
    answer=OrderView,
    keyed=True,
    problems=STEP_PROBLEMS,
)
def decline_cancellation(call: Call, order_id: str) -> Order:
    """Keep to the order: it will be shipped as accepted."""
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return requests.decline_cancellation(answering(call), distributor_id, member_id, order_id, call.body.note)


@routes.post(
    "/v1/distributor/orders/{order_id}/returns/{return_id}/accept",
    scope="fulfilment.write",
    body=AcceptReturnForm,
    answer=OrderView,
    keyed=True,
    problems=(*STEP_PROBLEMS, "already_exists"),
)
def accept_return(call: Call, order_id: str, return_id: str) -> Order:
    """Take goods back: all that the company asked for, or fewer.

    They are no purchase volume any more, from the day on which it was bought; a shipment that is not paid is owed for so much less.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return requests.accept_return(answering(call), distributor_id, member_id, order_id, return_id, call.body)


@routes.post(
    "/v1/distributor/orders/{order_id}/returns/{return_id}/reject",
    scope="fulfilment.write",
    body=RejectReturnForm,
    answer=OrderView,
    keyed=True,
    problems=STEP_PROBLEMS,
)
def reject_return(call: Call, order_id: str, return_id: str) -> Order:
    """Take none of the goods back, with the reason that the partner reads."""
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return requests.reject_return(answering(call), distributor_id, member_id, order_id, return_id, call.body.reason)


# --- the company ------------------------------------------------------------------------------------------------------


@routes.post("/v1/quotes", scope="catalog.read", body=QuoteForm, answer=QuoteView)
def quote_cart(call: Call) -> QuoteView:
    """Price a cart of up to 200 lines at once, as an order of this moment would be.

    Nothing is kept. To be sure of a price, put it into the order's line: an order whose price has changed meanwhile is refused with the new
    one.
    """
    return quoting.quote(call.context, call.principal.for_company(), call.body, call.language)


@routes.post(
    "/v1/orders",
    scope="orders.write",
    body=PlaceForm,
    answer=OrderView,
    status=201,
    keyed=True,
    problems=("cabinet_locked", "cart_changed", "price_changed", "debt_overdue", *HOLD_PROBLEMS),
)
def place_order(call: Call) -> Order:
    """Order from the distributor that serves the company.

    Each line gets the company's price of this moment, and keeps it with its explanation. Without `distributor_id` the order goes to
    the company's own distributor, else to the first one of its region. With `cart_version` it is what lies in the member's cart, at the
    prices it was put in at; the cart is empty then.

    Refused as a whole: lines that cannot be ordered (422), a total below the smallest order (422), a `unit_price` that is not today's (409
    with the new ones), overdue shipments on credit (409), and what the agreed credit limit (409), the limits of a promotion (409: at the
    prices without it the order may be placed by naming it in `without_promotions`) or binding stock (409) do not leave room for.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return cart.place(answering(call), company_id, member_id, call.body)


@routes.get("/v1/orders", scope="orders.read", query=OrderQuery, answer=OrderPage)
def list_orders(call: Call) -> OrderPage:
    """List the company's orders, newest first."""
    cursors = call.cursors()
    page = order_store.company_orders(
        call.context.table,
        call.principal.for_company(),
        state=call.query.state,
        limit=call.query.limit,
        after=cursors.open(call.query.cursor),
    )
    return _listed(page, cursors.close(page.last))


@routes.get("/v1/orders/{order_id}", scope="orders.read", answer=OrderView, problems=("not_found",))
def show_order(call: Call, order_id: str) -> Answer:
    """Read an order: its lines with their prices explained, its shipments and its history."""
    return _shown(call, order_service.load_order(call.context, call.principal.for_company(), order_id))


@routes.post(
    "/v1/orders/{order_id}/cancel",
    scope="orders.write",
    body=CancelForm,
    answer=OrderView,
    keyed=True,
    problems=STEP_PROBLEMS,
)
def cancel_order(call: Call, order_id: str) -> Order:
    """Take an order back, as long as the distributor has not accepted it. After that, ask for it: `request-cancellation`."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    by = Actor("company", member_id)
    return service.cancel(answering(call), company_id, by, order_id, call.body.note)


@routes.post(
    "/v1/orders/{order_id}/confirm",
    scope="orders.write",
    body=ConfirmForm,
    answer=OrderView,
    keyed=True,
    matched=True,
    problems=(*STEP_PROBLEMS, "precondition_failed", "credit_exceeded", "promotion_exhausted"),
)
def confirm_order(call: Call, order_id: str) -> Order:
    """Agree to an order of which the distributor proposes more of a line than was ordered.

    The prices stay those of the order. `If-Match` names the version that was looked at: the distributor may have proposed something else
    since (412). What the order takes besides has to fit into the credit limit (409), like a new one.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    version, note = call.expected_version(), call.body.note
    return service.confirm(answering(call), company_id, member_id, order_id, version, note)


@routes.post(
    "/v1/orders/{order_id}/decline",
    scope="orders.write",
    body=DeclineForm,
    answer=OrderView,
    keyed=True,
    problems=STEP_PROBLEMS,
)
def decline_order(call: Call, order_id: str) -> Order:
    """Do not agree to an order that the distributor changed: it is cancelled."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.decline(answering(call), company_id, member_id, order_id, call.body.note)


@routes.get("/v1/company/credit", scope="orders.read", answer=CreditView)
def show_credit(call: Call) -> CreditView:
    """Read what the company has on order and owes, and what its credit limit leaves."""
    return service.credit_of(call.context, call.principal.for_company())


@routes.get(
    "/v1/staff/companies/{company_id}/credit",
    scope="staff.companies.read",
    answer=CreditView,
    problems=("not_found",),
)
def show_credit_of_company(call: Call, company_id: str) -> CreditView:
    """Read what a company has on order and owes."""
    return service.credit_of(call.context, company_id)


# --- the distributor --------------------------------------------------------------------------------------------------


@routes.get("/v1/distributor/orders", scope="fulfilment.read", query=OrderQuery, answer=OrderPage)
def list_distributor_orders(call: Call) -> OrderPage:
    """List the orders that came to the distributor, newest first."""
    cursors = call.cursors()
    page = order_store.distributor_orders(
        call.context.table,
        call.principal.for_distributor(),
        state=call.query.state,
        limit=call.query.limit,
        after=cursors.open(call.query.cursor),
    )
    return _listed(page, cursors.close(page.last))


@routes.get("/v1/distributor/orders/{order_id}", scope="fulfilment.read", answer=OrderView, problems=("not_found",))
def show_distributor_order(call: Call, order_id: str) -> Answer:
    """Read an order that came to the distributor."""
    return _shown(call, order_service.distributors_order(call.context, call.principal.for_distributor(), order_id))


@routes.post(
    "/v1/distributor/orders/{order_id}/accept",
    scope="fulfilment.write",
    body=AcceptForm,
    answer=OrderView,
    keyed=True,
    problems=(*STEP_PROBLEMS, "limit_exceeded"),
)
def accept_order(call: Call, order_id: str) -> Order:
    """Accept an order as it is, or with other quantities.

    Fewer units are accepted at once. More units of any line need the company's confirmation, whatever the total: the order is `changed`
    until then, and may be accepted otherwise meanwhile, or rejected. Prices stay those of the order.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return service.accept(answering(call), distributor_id, member_id, order_id, call.body)


@routes.post(
    "/v1/distributor/orders/{order_id}/reject",
    scope="fulfilment.write",
    body=RejectForm,
    answer=OrderView,
    keyed=True,
    problems=STEP_PROBLEMS,
)
def reject_order(call: Call, order_id: str) -> Order:
    """Refuse an order, with the reason that the partner reads."""
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return service.reject(answering(call), distributor_id, member_id, order_id, call.body.reason)


@routes.post(
    "/v1/distributor/orders/{order_id}/ship",
    scope="fulfilment.write",
    body=ShipForm,
    answer=OrderView,
    keyed=True,
    problems=(*STEP_PROBLEMS, "already_exists"),
)
def ship_order(call: Call, order_id: str) -> Order:
    """Tell of a shipment: a part of the order, or all that is left; the last part completes it.

    On the document's business date the shipment becomes the company's purchase volume.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return service.ship(answering(call), distributor_id, member_id, order_id, call.body)


# --- answers ----------------------------------------------------------------------------------------------------------


def _shown(call: Call, order: Order | None) -> Answer:
    if order is None:
        raise Problem("not_found")
    return order_answer(call, order)


def _listed(page: Page, next_cursor: str | None) -> OrderPage:
    return OrderPage(
        items=[OrderSummaryView.of(order_store.order_of(item)) for item in page.items], next_cursor=next_cursor
    )
