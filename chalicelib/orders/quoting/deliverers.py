"""The deliverer of a company, and its stock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib import distributors
from chalicelib.companies import Company, company_key
from chalicelib.distributors import Deliverer
from chalicelib.orders.holds import reservations
from chalicelib.orders.order import carts
from chalicelib.orders.order.carts import PricedCart
from chalicelib.orders.order.rules import RequestedLine
from chalicelib.platform import Context
from chalicelib.table import Item, Key


def cart_at(context: Context, company_id: str, asked: Sequence[RequestedLine]) -> PricedCart:
    """The cart at today's prices, with the deliverer's stock. One read for every hundred keys, and those of `_stocked`."""
    found = context.table.get_many([company_key(company_id), *carts.keys_of(company_id, asked)])
    return _stocked(context, carts.cart_of(context, company_id, asked, found), company_id, found)


def responsible(context: Context, own: str | None, region: str | None) -> Deliverer | None:
    """The company's own distributor, else the first one of its region. At most one call."""
    if own and (distributor := distributors.read_distributor(context.table, own)):
        return distributor.deliverer
    return distributors.first_of_region(context.table, region) if region else None


def _stocked(context: Context, cart: PricedCart, company_id: str, found: Mapping[Key, Item]) -> PricedCart:
    """The cart with the deliverer's stock and its reservations. One call, and a second one if stock is binding."""
    profile = found.get(company_key(company_id))
    if profile is None:
        return cart
    company = Company.from_item(profile)
    deliverer = responsible(context, company.distributor_id, company.region)
    if deliverer is None:
        return cart
    reserved = {}
    if deliverer.delivers_from.binding:
        reserved = reservations.reserved(context.table, deliverer.distributor_id, cart.products)
    return replace(cart, delivers_from=deliverer.delivers_from, reserved=reserved)
