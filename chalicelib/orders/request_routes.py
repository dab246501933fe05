"""What is asked of an accepted order: to cancel the rest of it, and to take goods back."""

from chalicelib.orders import asking
from chalicelib.orders.answers import answering
from chalicelib.orders.request_schemas import (
    AcceptReturnForm,
    CancellationAnswerForm,
    RejectReturnForm,
    RequestCancellationForm,
    ReturnForm,
)
from chalicelib.orders.rules import Order
from chalicelib.orders.schemas import OrderAnswer
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="orders")

STEP = ("not_found", "wrong_state")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/orders/{order_id}/request-cancellation",
    scope="orders.write",
    body=RequestCancellationForm,
    answer=OrderAnswer,
    keyed=True,
    problems=(*STEP, "limit_exceeded"),
)
def request_cancellation(call: Call, order_id: str) -> Order:
    """Ask the distributor not to deliver what it accepted and has not shipped yet.

    Until it answers it may go on shipping; when all is shipped the request lapses. An order that is not accepted yet is simply cancelled.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return asking.request_cancellation(answering(call), company_id, member_id, order_id, call.body.reason)


@routes.post(
    "/v1/orders/{order_id}/returns",
    scope="orders.write",
    body=ReturnForm,
    answer=OrderAnswer,
    keyed=True,
    problems=(*STEP, "limit_exceeded"),
)
def request_return(call: Call, order_id: str) -> Order:
    """Ask the distributor to take goods back, by the shipments they came with.

    The new return is the last of `returns`. Together returns never exceed what was shipped; what the distributor rejects may be asked for
    again.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return asking.request_return(answering(call), company_id, member_id, order_id, call.body)


# --- the distributor --------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/distributor/orders/{order_id}/approve-cancellation",
    scope="fulfilment.write",
    body=CancellationAnswerForm,
    answer=OrderAnswer,
    keyed=True,
    problems=STEP,
)
def approve_cancellation(call: Call, order_id: str) -> Order:
    """Agree that what is not shipped will not come.

    An order of which nothing was shipped is cancelled by this; any other is completed with what was.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return asking.approve_cancellation(answering(call), distributor_id, member_id, order_id, call.body.note)


@routes.post(
    "/v1/distributor/orders/{order_id}/decline-cancellation",
    scope="fulfilment.write",
    body=CancellationAnswerForm,
    answer=OrderAnswer,
    keyed=True,
    problems=STEP,
)
def decline_cancellation(call: Call, order_id: str) -> Order:
    """Keep to the order: it will be shipped as accepted."""
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return asking.decline_cancellation(answering(call), distributor_id, member_id, order_id, call.body.note)


@routes.post(
    "/v1/distributor/orders/{order_id}/returns/{return_id}/accept",
    scope="fulfilment.write",
    body=AcceptReturnForm,
    answer=OrderAnswer,
    keyed=True,
    problems=(*STEP, "already_exists"),
)
def accept_return(call: Call, order_id: str, return_id: str) -> Order:
    """Take goods back: all that the company asked for, or fewer.

    They are no purchase volume any more, from the day on which it was bought; a shipment that is not paid is owed for so much less.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return asking.accept_return(answering(call), distributor_id, member_id, order_id, return_id, call.body)


@routes.post(
    "/v1/distributor/orders/{order_id}/returns/{return_id}/reject",
    scope="fulfilment.write",
    body=RejectReturnForm,
    answer=OrderAnswer,
    keyed=True,
    problems=STEP,
)
def reject_return(call: Call, order_id: str, return_id: str) -> Order:
    """Take none of the goods back, with the reason that the partner reads."""
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return asking.reject_return(answering(call), distributor_id, member_id, order_id, return_id, call.body.reason)
