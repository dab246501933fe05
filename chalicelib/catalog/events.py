"""Events of products. Each carries `skus`, the products of one transaction."""

from chalicelib.platform import EventType

PRODUCTS_CHANGED = EventType("products.changed")
STOCK_RECORDED = EventType("stock.recorded")  # newer stock figures
STOCK_ARRIVED = EventType("stock.arrived")  # products that were out of stock before
