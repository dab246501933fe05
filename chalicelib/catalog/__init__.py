"""What the club sells."""

from chalicelib.platform.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.catalog.config import Catalogue
    from chalicelib.catalog.demand_events import ANSWERED as DEMAND_ANSWERED
    from chalicelib.catalog.events import STOCK_RECORDED
    from chalicelib.catalog.forms import ContentType, Sku, Warehouse
    from chalicelib.catalog.keys import categories as categories_key
    from chalicelib.catalog.keys import product as product_key
    from chalicelib.catalog.rules import Figure, Product, Stock
    from chalicelib.catalog.store import below, product_of, read_items, read_products, stock_of
    from chalicelib.catalog.whole import every_product

__all__ = [
    "DEMAND_ANSWERED",
    "STOCK_RECORDED",
    "Catalogue",
    "ContentType",
    "Figure",
    "Product",
    "Sku",
    "Stock",
    "Warehouse",
    "below",
    "categories_key",
    "every_product",
    "product_key",
    "product_of",
    "read_items",
    "read_products",
    "stock_of",
]
