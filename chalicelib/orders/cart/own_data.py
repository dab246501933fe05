"""The cart of a person."""

from collections.abc import Iterator

from chalicelib.orders.cart import keys
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data

_CART: Fields = {"sku": {"en": "Article", "ru": "Артикул"}, "quantity": {"en": "Quantity", "ru": "Количество"}}


@own_data("cart", title={"en": "Cart", "ru": "Корзина"}, fields=_CART)
def cart(context: Context, person: Person) -> Iterator[Row]:
    for company_id in person.companies:
        found = context.table.get(keys.cart(company_id, person.member_id)) or {}
        for line in found.get("lines", []):
            yield {"sku": line["sku"], "quantity": int(line["quantity"])}


@erasure
def forget_cart(context: Context, person: Person) -> None:
    context.table.delete_many(keys.cart(company_id, person.member_id) for company_id in person.companies)
