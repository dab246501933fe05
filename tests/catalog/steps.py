"""Words of the catalogue's tests."""

from typing import Any

from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.schemas import ProductForm
from chalicelib.catalog.search import store as search_store
from chalicelib.platform.context import Context


def row(sku: str = "LMP-1", price: str = "120.00", **more: Any) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": f"Lamp {sku}",
        "name_ru": f"Лампа {sku}",
        "base_price": {"amount": price, "currency": "RUB"},
        "vat_percent": "20",
        **more,
    }


def stock(context: Context, *rows: dict[str, Any]) -> None:
    """The catalogue has these products. Written one by one: the account in memory is slow at large transactions."""
    for each in rows:
        context.table.put(catalog_store.product_item(ProductForm.model_validate(each).product(), context.at))


def listed(context: Context, *rows: dict[str, Any]) -> None:
    """The same, and the index has followed."""
    stock(context, *rows)
    search_store.refresh(context, [each["sku"] for each in rows])


# Article numbers as books of wholesalers write them, each with something that an address keeps for itself.
IN_AN_ADDRESS = ["ВА47/29", "A%2FB", "A?B#C", "5+1 шт. & 2", "../A..B", "/", "100%", 'x"<y>;=@:']
