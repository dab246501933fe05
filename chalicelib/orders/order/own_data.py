"""Orders that name a person: as the one who receives the goods, or in a text that somebody wrote."""

from collections.abc import Iterator

from chalicelib.companies import address_without
from chalicelib.orders import keys
from chalicelib.orders.order import store
from chalicelib.orders.order.rules import Order
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data, take_from_events
from chalicelib.table import Transaction, retry

_ORDERS: Fields = {
    "number": {"en": "Order", "ru": "Заказ"},
    "placed_at": {"en": "Placed", "ru": "Оформлен"},
    "contact_name": {"en": "Contact", "ru": "Контакт"},
    "contact_phone": {"en": "Telephone", "ru": "Телефон"},
}


@own_data("orders", title={"en": "You as the contact of orders", "ru": "Вы как контакт в заказах"}, fields=_ORDERS)
def orders(context: Context, person: Person) -> Iterator[Row]:
    for order in _orders(context, person):
        address = order.delivery.address if order.delivery else None
        if address and person.is_meant_by(address.contact_name, address.contact_phone):
            about: Row = {"number": order.number, "placed_at": order.placed_at}
            yield {**about, "contact_name": address.contact_name, "contact_phone": address.contact_phone}


@erasure
def forget_in_orders(context: Context, person: Person) -> None:
    """The orders and their events stay, since the books need them, without the person."""
    for company_id in person.companies:
        take_from_events(context, keys.order(company_id, ""), person)
    for order in _orders(context, person):
        if _without(order, person) != order:
            _forget(context, order.company_id, order.order_id, person)


@retry("order")
def _forget(context: Context, company_id: str, order_id: str, person: Person) -> None:
    order = store.read_order(context.table, company_id, order_id)
    if order and (left := _without(order, person)) != order:
        tx = Transaction()
        store.replace_order(tx, left._replace(version=order.version + 1))
        context.table.commit(tx)


def _orders(context: Context, person: Person) -> Iterator[Order]:
    """Reads all orders of the person's companies."""
    for company_id in person.companies:
        for item in context.table.query_all(keys.order_list(company_id, "", "").pk, index="gsi1"):
            yield store.order_of(item)


def _without(order: Order, person: Person) -> Order:
    taken, asked, delivery = person.taken_from, order.cancellation, order.delivery
    if delivery and delivery.address:
        delivery = delivery._replace(address=address_without(delivery.address, person))
    return order._replace(
        comment=taken(order.comment),
        delivery=delivery,
        history=tuple(each._replace(note=taken(each.note)) for each in order.history),
        cancellation=asked and asked._replace(reason=taken(asked.reason), note=taken(asked.note)),
        returns=tuple(each._replace(reason=taken(each.reason), note=taken(each.note)) for each in order.returns),
    )
