"""Orders that name a person as the one who receives the goods."""

from collections.abc import Iterator

from chalicelib.orders import keys
from chalicelib.orders.order import store
from chalicelib.orders.order.rules import Order
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.table import Transaction, retry

_ORDERS: Fields = {
    "number": {"en": "Order", "ru": "Заказ"},
    "placed_at": {"en": "Placed", "ru": "Оформлен"},
    "contact_name": {"en": "Contact", "ru": "Контакт"},
    "contact_phone": {"en": "Telephone", "ru": "Телефон"},
}


@own_data("orders", title={"en": "You as the contact of orders", "ru": "Вы как контакт в заказах"}, fields=_ORDERS)
def orders(context: Context, person: Person) -> Iterator[Row]:
    for order in _naming(context, person):
        if order.delivery and (address := order.delivery.address):
            about: Row = {"number": order.number, "placed_at": order.placed_at}
            yield {**about, "contact_name": address.contact_name, "contact_phone": address.contact_phone}


@erasure
def forget_contact(context: Context, person: Person) -> None:
    """The orders stay, since the books need them, without the person."""
    for order in _naming(context, person):
        _forget(context, order.company_id, order.order_id, person)


@retry("order")
def _forget(context: Context, company_id: str, order_id: str, person: Person) -> None:
    order = store.read_order(context.table, company_id, order_id)
    if order and order.delivery and order.delivery.address and _names(order, person):
        address = order.delivery.address._replace(contact_name="", contact_phone="")
        tx = Transaction()
        delivery = order.delivery._replace(address=address)
        store.replace_order(tx, order._replace(delivery=delivery, version=order.version + 1))
        context.table.commit(tx)


def _naming(context: Context, person: Person) -> Iterator[Order]:
    """Reads all orders of the company."""
    if person.company_id is None:
        return
    for item in context.table.query_all(keys.order_list(person.company_id, "", "").pk, index="gsi1"):
        order = store.order_of(item)
        if _names(order, person):
            yield order


def _names(order: Order, person: Person) -> bool:
    address = order.delivery.address if order.delivery else None
    return address is not None and person.is_meant_by(address.contact_name, address.contact_phone)
