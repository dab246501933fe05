"""Events of a move of a customer. Each carries `move_id`."""

from chalicelib.platform import EventType

MOVE_BEGAN = EventType("customer.move_began")
