"""Products, as they lie in the table: K18, one item each.

PRODUCT: sku, name, name_ru, brand, category, unit, pack_multiple, base_price, currency, vat_percent, status, updated_at.
"""

from collections.abc import Iterable
from functools import reduce
from operator import and_

from boto3.dynamodb.conditions import Attr

from chalicelib.catalog.rules import Product, Status
from chalicelib.table import Page, Table, Transaction, keys
from chalicelib.table.transactions import Item

AMONG = 1000  # products that one page of a filtered list looks at


def product_of(item: Item) -> Product:
    return Product(
        sku=item["sku"],
        name=item["name"],
        name_ru=item["name_ru"],
        brand=item["brand"],
        category=item["category"],
        unit=item["unit"],
        pack_multiple=int(item["pack_multiple"]),
        base_price=item["base_price"],
        currency=item["currency"],
        vat_percent=item["vat_percent"],
        status=Status(item["status"]),
    )


def read_products(table: Table, skus: Iterable[str]) -> dict[str, Product]:
    found = table.get_many(keys.product(sku) for sku in skus)
    return {key.sk: product_of(item) for key, item in found.items()}


def page(
    table: Table,
    *,
    prefix: str,
    category: str | None,
    brand: str | None,
    limit: int,
    after: dict[str, str] | None,
) -> Page:
    """One page by article number, in one call."""
    catalogue = keys.product(prefix)
    wanted = [Attr(name).eq(value) for name, value in (("category", category), ("brand", brand)) if value is not None]
    if not wanted:
        return table.query(catalogue.pk, starts=catalogue.sk, limit=limit, after=after)
    where = reduce(and_, wanted)
    return table.query_some(catalogue.pk, starts=catalogue.sk, where=where, limit=limit, among=AMONG, after=after)


def put_product(tx: Transaction, product: Product, at: str) -> None:
    tx.put(product_item(product, at))


def product_item(product: Product, at: str) -> Item:
    return {
        **keys.product(product.sku).as_item(),
        "sku": product.sku,
        "name": product.name,
        "name_ru": product.name_ru,
        "brand": product.brand,
        "category": product.category,
        "unit": product.unit,
        "pack_multiple": product.pack_multiple,
        "base_price": product.base_price,
        "currency": product.currency,
        "vat_percent": product.vat_percent,
        "status": product.status.value,
        "updated_at": at,
    }
