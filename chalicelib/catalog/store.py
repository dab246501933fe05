"""Items of products, categories and pictures.

PRODUCT: sku, name, name_ru, brand, category, unit, pack_multiple, base_price, currency, vat_percent, status, own_brand, successor,
attributes, prices, cost_price (absent where it is not known), updated_at, written together; `stock:{warehouse}` {quantity, at} and
`images` [{image_id, content_type}], each written on its own.
TREE: version, and all categories as one compressed text.
IMAGE: image_id, sku, content_type; with a TTL until the upload is confirmed.
WAREHOUSES: `named:{distributor_id}` with the names of its warehouses; the rest is the distributors' own.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from itertools import starmap
from operator import and_
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.catalog import keys
from chalicelib.catalog.rules import (
    Attribute,
    Category,
    Image,
    Product,
    ProductStatus,
    Stock,
    StockFigure,
    Traits,
    Tree,
    TypePrice,
    subtree,
)
from chalicelib.platform import Context, clock
from chalicelib.table import Page, Table
from chalicelib.table.transactions import Item, Transaction, at_version

_STOCK = "stock:"
_NAMED = "named:"
_FACTS = {"pk", "sk", "updated_at", *Product._fields}
_STATUSES = {each.value: each for each in ProductStatus}

# --- products ---------------------------------------------------------------------------------------------------------


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
        status=_STATUSES[item["status"]],
        own_brand=item["own_brand"],
        successor=item["successor"],
        attributes=tuple(starmap(Attribute, sorted(item["attributes"].items()))),
        prices=tuple(starmap(TypePrice, sorted(item["prices"].items()))),
        cost_price=item.get("cost_price"),
    )


def stock_of(item: Item) -> Stock:
    figures = {
        name.removeprefix(_STOCK): item[name] for name in sorted(item.keys() - _FACTS) if name.startswith(_STOCK)
    }
    return {
        warehouse: StockFigure(warehouse, value["quantity"], clock.moment(value["at"]))
        for warehouse, value in figures.items()
    }


def named_by(distributor_id: str) -> str:
    """The attribute of WAREHOUSES that holds the names of a distributor's warehouses."""
    return _NAMED + distributor_id


def named_warehouses(item: Item | None) -> set[str]:
    """The warehouses that some distributor names."""
    return {each for name, held in (item or {}).items() if name.startswith(_NAMED) for each in held}


def images_of(item: Item) -> list[Image]:
    return [Image(each["image_id"], each["content_type"]) for each in item.get("images", [])]


def read_items(table: Table, skus: Iterable[str], *, consistent: bool = False) -> dict[str, Item]:
    """The items of existing products, by sku."""
    found = table.get_many((keys.product(sku) for sku in skus), consistent=consistent)
    return {key.sk: item for key, item in found.items()}


def read_products(table: Table, skus: Iterable[str], *, consistent: bool = False) -> dict[str, Product]:
    return {sku: product_of(item) for sku, item in read_items(table, skus, consistent=consistent).items()}


def read_traits(table: Table, skus: Iterable[str]) -> dict[str, Traits]:
    """Of existing products, by sku: a fraction of what `read_products` takes to unpack."""
    found = table.get_many((keys.product(sku) for sku in skus), only=Traits._fields)
    return {key.sk: Traits(item["brand"], item["category"]) for key, item in found.items()}


def page(table: Table, *, limit: int, after: dict[str, str] | None) -> Page:
    """A page of the whole catalogue by article number, in one call."""
    return table.query(keys.product("").pk, limit=limit, after=after)


def product_item(product: Product, at: str) -> Item:
    known = {name: value for name, value in product._asdict().items() if value is not None}
    return {
        **keys.product(product.sku).as_item(),
        **known,
        "status": product.status.value,
        "attributes": {each.name: each.value for each in product.attributes},
        "prices": {each.type: each.amount for each in product.prices},
        "updated_at": at,
    }


def write_product(tx: Transaction, product: Product, at: str) -> None:
    """Leaves stock and pictures unchanged."""
    item = product_item(product, at)
    key = keys.product(product.sku)
    unknown = [name for name in Product._fields if name not in item]
    tx.update(key, put={name: value for name, value in item.items() if name not in key.as_item()}, remove=unknown)


def write_stock(tx: Transaction, sku: str, figures: Sequence[StockFigure]) -> None:
    """Refused with label `stock` unless the product exists and each figure is newer than the stored one."""
    newer = [
        Attr(f"{_STOCK}{each.warehouse}").not_exists() | Attr(f"{_STOCK}{each.warehouse}.at").lt(clock.stamp(each.at))
        for each in figures
    ]
    tx.update(
        keys.product(sku),
        put={f"{_STOCK}{each.warehouse}": {"quantity": each.quantity, "at": clock.stamp(each.at)} for each in figures},
        when=reduce(and_, newer, Attr("pk").exists()),
        label="stock",
    )


def write_images(tx: Transaction, sku: str, present: Item, images: Sequence[Image]) -> None:
    """Refused with label `product` if its pictures changed since `present` was read."""
    asked: Any = Attr("images")
    same = asked.eq(present["images"]) if "images" in present else Attr("pk").exists() & asked.not_exists()
    tx.update(keys.product(sku), put={"images": [each._asdict() for each in images]}, when=same, label="product")


# --- categories -------------------------------------------------------------------------------------------------------


def tree_of(item: Item | None) -> Tree:
    if item is None:
        return {}
    rows = json.loads(zlib.decompress(bytes(item["categories"])))
    return {row[0]: Category(*row) for row in rows}


def below(item: Item | None) -> Callable[[str], set[str]]:
    """A function from a category's code to the codes of its subtree. Unpacks the tree at the first call."""
    tree = cache(lambda: tree_of(item))
    return lambda code: subtree(tree(), code)


def write_tree(tx: Transaction, present: Item | None, tree: Tree) -> None:
    """Refused with label `tree` if the tree changed since `present` was read."""
    version = int(present["version"]) if present else 0
    tx.put(
        {
            **keys.categories().as_item(),
            "version": version + 1,
            "categories": zlib.compress(json.dumps(list(tree.values()), ensure_ascii=False).encode()),
        },
        when=at_version(version),
        label="tree",
    )


# --- pictures ---------------------------------------------------------------------------------------------------------


def put_image(table: Table, sku: str, image: Image, expires_at: int) -> None:
    """Stores a picture whose upload is pending."""
    facts: Mapping[str, Any] = {**image._asdict(), "sku": sku, "expires_at": expires_at}
    table.put({**keys.image(image.image_id).as_item(), **facts})


def read_image(table: Table, image_id: str) -> Item | None:
    return table.get(keys.image(image_id), consistent=True)


def every_product(context: Context) -> Iterator[Product]:
    """All products by article number, page after page."""
    return map(product_of, context.table.query_all(keys.product("").pk))
