"""Addresses for tests."""

from typing import Any

ADDRESS: dict[str, Any] = {
    "name": "Склад Север",
    "address": "125009, Москва, Тверская улица, 7",
    "contact_name": "Иван Складов",
    "contact_phone": "+74951234567",
    "note": "Въезд с торца",
}
URL = "/v1/company/addresses"
