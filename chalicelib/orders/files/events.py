"""Events of an order's files: `company_id`, `order_id`, `distributor_id`, `file_id`, `kind`, `by`; of one attached `file_name`, `placed_by`, `orderer_id`."""

from chalicelib.platform import EventType

ATTACHED = EventType("order.file_attached")
REMOVED = EventType("order.file_removed")
