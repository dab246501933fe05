"""The cart of a person."""

from collections.abc import Iterator

from chalicelib.orders.cart import keys
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data

_CART: Fields = {"sku": {"en": "Article", "ru": "Артикул"}, "quantity": {"en": "Quantity", "ru": "Количество"}}


@own_data("cart", title={"en": "Cart", "ru": "Корзина"}, fields=_CART)
def cart(context: Context, person: Person) -> Iterator[Row]:
    if person.company_id:
        found = context.table.get(keys.cart(person.company_id, person.member_id)) or {}
        for line in found.get("lines", []):
            yield {"sku": line["sku"], "quantity": int(line["quantity"])}


@erasure
def forget_cart(context: Context, person: Person) -> None:
    if person.company_id:
        context.table.delete_many([keys.cart(person.company_id, person.member_id)])
