"""Events of an order's free goods.

Each carries `gift_id`, `company_id`, `order_id`, `distributor_id`, the order's `number`, `promotion` (`name`, `name_ru`) and `goods` (the
article, with its `quantity` in pieces).
"""

from chalicelib.platform import EventType

GRANTED = EventType("goods_on_top.granted")
WITHDRAWN = EventType("goods_on_top.withdrawn")  # `why`, `was_granted`: whether they were granted before
UNPAID = EventType("goods_on_top.unpaid")  # `shipments`: each with `document` and the `last_day` to pay it
SHIPPED = EventType("goods_on_top.shipped")  # `document`, `day`, `by`
