"""The products of the catalogue as a table for SQL."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from chalicelib.catalog.store import product_of
from chalicelib.platform.registry.datasets import Column, Dataset, Image, ItemRows, Row, Source
from chalicelib.table import Key

PRODUCTS = Dataset(
    "products",
    "Products of the catalogue as they are now",
    (
        Column("sku", "text", "The article"),
        Column("name", "text", "Name in English"),
        Column("name_ru", "text", "Name in Russian"),
        Column("brand", "text", "Brand"),
        Column("category", "text", "Code of the category"),
        Column("own_brand", "flag", "Whether the brand is the club's own"),
        Column("status", "text", "As in the API, such as `overstock`"),
        Column("list_price", "price", "Base price of a unit today"),
        Column("currency", "text", "Of the price"),
    ),
)


def _product(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    product = product_of(item)
    row: Row = {
        "sku": product.sku,
        "name": product.name,
        "name_ru": product.name_ru,
        "brand": product.brand,
        "category": product.category,
        "own_brand": product.own_brand,
        "status": product.status.value,
        "list_price": product.base_price,
        "currency": product.currency,
    }
    yield ItemRows(PRODUCTS, Key(item["pk"], item["sk"]), (row,))


SOURCES = (Source("PRODUCTS", "", (PRODUCTS,), _product),)
