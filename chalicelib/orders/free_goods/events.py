"""Events of free goods that an order was promised.

Each carries `gift_id`, `company_id`, `order_id`, `distributor_id`, the order's `number`, `promotion` (`name`, `name_ru`) and `goods` (the
article, with its `quantity` in pieces).
"""

from chalicelib.platform.events import EventType

GRANTED = EventType("goods_on_top.granted")
WITHDRAWN = EventType(
    "goods_on_top.withdrawn"
)  # `why`, and `was_granted`: whether the distributor was told to ship them
UNPAID = EventType("goods_on_top.unpaid")  # `shipments`: each with `document` and the `last_day` to pay it
SHIPPED = EventType("goods_on_top.shipped")  # `document`, `day`
