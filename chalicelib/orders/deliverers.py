"""Who delivers to a company, and what they have."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.companies import Company
from chalicelib.orders import reservations, store
from chalicelib.orders.carts import Cart
from chalicelib.orders.stock import Deliverer
from chalicelib.platform.work import Work
from chalicelib.table import Key, keys
from chalicelib.table.transactions import Item


def responsible(work: Work, own: str | None, region: str | None) -> Deliverer | None:
    """The company's own distributor, else the first one of its region. At most one call."""
    if own and (distributor := store.read_distributor(work.table, own)):
        return distributor.deliverer
    return store.first_of_region(work.table, region) if region else None


def stocked(work: Work, cart: Cart, company_id: str, found: Mapping[Key, Item]) -> Cart:
    """The cart with what its deliverer has, less what is reserved of it. No call where nothing was ever counted, at most two else."""
    profile = found.get(keys.company(company_id))
    if profile is None or not any(cart.stocks.values()):
        return cart
    company = Company.from_item(profile)
    deliverer = responsible(work, company.distributor_id, company.region)
    if deliverer is None:
        return cart
    reserved = {}
    if deliverer.delivers_from.binding:
        reserved = reservations.reserved(work.table, deliverer.distributor_id, cart.products)
    return replace(cart, delivers_from=deliverer.delivers_from, reserved=reserved)
