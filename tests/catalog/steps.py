"""Words of the catalogue's tests."""

from typing import Any

from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.schemas import ProductForm
from chalicelib.catalog.search import store as search_store
from chalicelib.platform.context import Work


def row(sku: str = "LMP-1", price: str = "120.00", **more: Any) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": f"Lamp {sku}",
        "name_ru": f"Лампа {sku}",
        "base_price": {"amount": price, "currency": "RUB"},
        "vat_percent": "20",
        **more,
    }


def stock(work: Work, *rows: dict[str, Any]) -> None:
    """The catalogue has these products. Written one by one: the account in memory is slow at large transactions."""
    for each in rows:
        work.table.put(catalog_store.product_item(ProductForm.model_validate(each).product(), work.at))


def listed(work: Work, *rows: dict[str, Any]) -> None:
    """The same, and the index has followed."""
    stock(work, *rows)
    search_store.refresh(work, [each["sku"] for each in rows])
