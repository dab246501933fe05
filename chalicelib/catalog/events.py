"""Events of the catalogue's articles. Each carries `skus`: those that changed together, at most what one transaction takes."""

from chalicelib.platform.events import EventType

PRODUCTS_CHANGED = EventType("products.changed")
STOCK_RECORDED = EventType("stock.recorded")  # newer figures of a warehouse, whatever they say
STOCK_ARRIVED = EventType("stock.arrived")  # of these there was nothing before
