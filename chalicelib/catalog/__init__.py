"""The catalogue: products with stock and pictures, their categories, and the search."""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("search",)

with opened_when_asked(__name__):
    from chalicelib.catalog.config import Catalogue
    from chalicelib.catalog.datasets import SOURCES as PRODUCT_SOURCES
    from chalicelib.catalog.events import STOCK_ARRIVED, STOCK_RECORDED
    from chalicelib.catalog.fields import ContentType, Sku, Warehouse
    from chalicelib.catalog.images import link as picture_link
    from chalicelib.catalog.keys import categories as categories_key
    from chalicelib.catalog.keys import product as product_key
    from chalicelib.catalog.keys import warehouses as warehouses_key
    from chalicelib.catalog.recording import write_products, write_stock
    from chalicelib.catalog.rules import Product, Stock, StockFigure, Traits, total
    from chalicelib.catalog.schemas import (
        BaseProductView,
        ProductFacetsView,
        ProductFilters,
        ProductQuery,
        ProductResultsView,
        ProductRowsForm,
        StockResultsView,
        StockRowsForm,
        StockView,
    )
    from chalicelib.catalog.search.keys import catalogue_index as index_key
    from chalicelib.catalog.service import (
        base_fields_of,
        count_of_products,
        page_of_products,
        product_facets,
        select_products,
    )
    from chalicelib.catalog.spelling import article_fault, articles_meant, articles_of, with_articles_meant
    from chalicelib.catalog.store import (
        below,
        every_product,
        images_of,
        named_by,
        product_of,
        read_items,
        read_products,
        read_traits,
        stock_of,
    )
    from chalicelib.catalog.store import page as page_of_items
