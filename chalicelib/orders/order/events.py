"""Events of an order, one for each step of its history, and two that are no steps.

Each carries `company_id`, `order_id`, `distributor_id`, `by` (the side that took the step: company, distributor or staff), `placed_by` (the
side that placed the order) and `orderer_id` (the person who did); `promotions`: those of its promotions that have limits; `goods_on_top` if
free goods were promised; `other_currency` if its currency is not the company's.
`order.shipped` carries the `shipment` whole, `order.returned` the `return`: documents, days, and lines with amounts in the order's
currency, so that they become purchase volume without a read of the order. Those of a return also name its `return_id`.
"""

from collections.abc import Mapping

from chalicelib.orders.order.rules import OrderStep
from chalicelib.platform import EventType

PLACED = EventType("order.placed")
CHANGED = EventType("order.changed")  # the distributor proposes other quantities
CONFIRMED = EventType("order.confirmed")  # the company agrees to them
ACCEPTED = EventType("order.accepted")
REJECTED = EventType("order.rejected")
CANCELLED = EventType("order.cancelled")
SHIPPED = EventType("order.shipped")
CANCELLATION_REQUESTED = EventType("order.cancellation_requested")
CANCELLATION_DECLINED = EventType("order.cancellation_declined")
COMPLETED = EventType("order.completed")
RETURN_REQUESTED = EventType("order.return_requested")
RETURNED = EventType("order.returned")
RETURN_REJECTED = EventType("order.return_rejected")

MOVED = EventType("order.moved")  # to another company, which `company_id` names, with its documents
# `document` has another carrier or tracking number; `tracking_number`: the new one, if it is another.
TRACKED = EventType("order.tracked")

OF_STEP: Mapping[OrderStep, EventType] = {
    OrderStep.PLACED: PLACED,
    OrderStep.CHANGED: CHANGED,
    OrderStep.CONFIRMED: CONFIRMED,
    OrderStep.ACCEPTED: ACCEPTED,
    OrderStep.REJECTED: REJECTED,
    OrderStep.CANCELLED: CANCELLED,
    OrderStep.SHIPPED: SHIPPED,
    OrderStep.CANCELLATION_REQUESTED: CANCELLATION_REQUESTED,
    OrderStep.CANCELLATION_DECLINED: CANCELLATION_DECLINED,
    OrderStep.COMPLETED: COMPLETED,
    OrderStep.RETURN_REQUESTED: RETURN_REQUESTED,
    OrderStep.RETURNED: RETURNED,
    OrderStep.RETURN_REJECTED: RETURN_REJECTED,
}
