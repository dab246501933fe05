"""Words of the catalogue's tests."""

from typing import Any

from chalicelib.catalog import service
from chalicelib.platform.work import Work


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
    """The catalogue has these products."""
    for start in range(0, len(rows), 100):
        results = service.write_rows(work, rows[start : start + 100]).items
        assert all(each.result != "failed" for each in results), results
