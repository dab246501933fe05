"""The reservations of open orders in a distributor's binding stock.

RESERVED (one of 32 shards by article): for each article an attribute with the units that count against its figures: of open orders,
and of those shipped since. SHIPPEDOUT (by shard and minute): for each article the units that were recorded as shipped in that minute.

An order fits while reserved + asked <= the figures of the distributor's warehouses: a condition of the order's own transaction.

    placed                   reserved + what was ordered
    accepted, rejected, …    reserved - what will not come
    shipped                  reserved stays: the goods are gone, and the figures do not know it yet; noted in SHIPPEDOUT
    a newer figure           reserved - what was shipped before it was counted: `on_stock_recorded`

So units are never counted as available that left after the figure's count, in any order figures and shipments come. Until the event
of a newer figure is delivered, too little is available rather than too much. A distributor answers itself for units above the order.

Weakest point: an order reads the figures before its transaction. If a lower figure is recorded and its event delivered between the two,
the order is held against the older figure, with the shipments that this one did not know forgotten already.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from urllib.parse import quote

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.orders.holds import keys
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.model import Available, available_of
from chalicelib.orders.order.rules import Order, OrderState, Shipment
from chalicelib.platform import Context, Problem, clock, derived_id
from chalicelib.table import Item, Key, Refused, Table, Transaction, retry

_LONGEST_NAME = 40
MOST_MINUTES = 90  # of a shard that one transaction forgets
_OPEN = {OrderState.PLACED, OrderState.CHANGED, OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED}
_ALL = "all"  # of a minute: the units of all its articles
_MINUTE = len("2026-11-20T09:00")

# --- what an order holds ----------------------------------------------------------------------------------------------


def open_units(order: Order) -> dict[str, int]:
    """Open units of a reserving order, by article."""
    if not order.reserves or order.state not in _OPEN:
        return {}
    return {line.sku: line.left for line in order.lines if line.left}


def hold(tx: Transaction, placing: Placing) -> None:
    """Refused with the shard as label if the figures leave too little of an article."""
    order = placing.order
    for shard, asked in _by_shard(order.distributor_id, open_units(order)).items():
        within = reduce(and_, (_fits(sku, _there(placing, sku).units - units) for sku, units in asked.items()))
        tx.update(shard, add=_attributes(asked), when=within, label=shard.sk)


def _fits(sku: str, room: int) -> ConditionBase:
    fits = Attr(_name(sku)).lte(room)
    return fits | Attr(_name(sku)).not_exists() if room >= 0 else fits


def problem(refused: Refused, placing: Placing) -> Problem | None:
    """Names the lines with too little stock, and the units left."""
    order, lacking = placing.order, []
    for place, line in enumerate(order.lines):
        shard = keys.reserved(order.distributor_id, line.sku)
        if order.reserves and shard.sk in refused:
            there = _there(placing, line.sku)
            left = max(there.units - reserved_of(refused.items[shard.sk], line.sku), 0)
            if left < line.quantity:
                at = clock.stamp(there.at) if there.at else None
                lacking.append({"line": place, "sku": line.sku, "quantity": line.quantity, "left": left, "at": at})
    if not lacking:
        return None
    summary = ", ".join(f"{each['sku']}: {each['left']}" for each in lacking)
    return Problem("out_of_stock", f"There are left: {summary}.", extra={"lines": lacking})


def follow(tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
    """Moves the reservations by the change of open units. Shipped units stay reserved, and are noted by minute."""
    if not after.reserves:
        return
    new_shipments = after.shipments[len(before.shipments) :]
    changes: Counter[str] = Counter(open_units(after))
    changes.subtract(open_units(before))
    for shipment in new_shipments:
        changes.update({line.sku: line.quantity for line in shipment.lines})
        _note(tx, after.distributor_id, shipment)
    changed = {sku: units for sku, units in changes.items() if units}
    for shard, units in _by_shard(after.distributor_id, changed).items():
        tx.update(shard, add=_attributes(units))


def _note(tx: Transaction, distributor_id: str, shipment: Shipment) -> None:
    shipped: dict[Key, dict[str, int]] = {}
    for line in shipment.lines:
        minute = keys.shipped_out(distributor_id, line.sku, shipment.at[:_MINUTE])
        shipped.setdefault(minute, {})[line.sku] = line.quantity
    for minute, units in shipped.items():
        tx.update(minute, add={**_attributes(units), _ALL: sum(units.values())})


def _there(placing: Placing, sku: str) -> Available:
    return available_of(placing.cart.delivers_from.figures(placing.cart.stocks[sku]))


def _by_shard(distributor_id: str, units: Mapping[str, int]) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = {}
    for sku, more in units.items():
        found.setdefault(keys.reserved(distributor_id, sku), {})[sku] = more
    return found


def _attributes(units: Mapping[str, int]) -> dict[str, int]:
    return {_name(sku): more for sku, more in units.items()}


def _name(sku: str) -> str:
    """A name without a point or bracket, which would be read as a path; a long one shortened, so that the shard of 50,000 articles fits into an item."""
    name = "sku:" + quote(sku, safe="").replace(".", "%2E")
    return name if len(name) <= _LONGEST_NAME else derived_id("sku", sku)


# --- what is left -----------------------------------------------------------------------------------------------------


def reserved(table: Table, distributor_id: str, skus: Iterable[str]) -> dict[str, int]:
    """Reserved units of each of the articles. One call."""
    every = list(skus)
    shards = table.get_many(keys.reserved(distributor_id, sku) for sku in every)
    return {sku: reserved_of(shards.get(keys.reserved(distributor_id, sku)), sku) for sku in every}


def reserved_of(shard: Item | None, sku: str) -> int:
    return int((shard or {}).get(_name(sku), 0))


# --- newer figures ----------------------------------------------------------------------------------------------------


def forget(context: Context, distributor_id: str, moments: Mapping[str, datetime]) -> None:
    """Drops the units of each article that were shipped before the moment of its figures."""
    shards: dict[Key, dict[str, datetime]] = {}
    for sku, at in moments.items():
        shards.setdefault(keys.reserved(distributor_id, sku), {})[sku] = at
    found = context.table.get_many(shards, consistent=True)
    for shard, within in shards.items():
        if shard in found and any(_name(sku) in found[shard] for sku in within):
            _forget_in(context, distributor_id, shard, within)


def _forget_in(context: Context, distributor_id: str, shard: Key, moments: Mapping[str, datetime]) -> None:
    """Drops them in one shard. Safe to repeat."""
    while _forget_some(context, distributor_id, shard, moments):
        pass


@retry("minute", "shard")
def _forget_some(context: Context, distributor_id: str, shard: Key, moments: Mapping[str, datetime]) -> bool:
    """Drops as many minutes as a transaction holds. Returns whether there are more."""
    some, names = next(iter(moments)), {_name(sku): at for sku, at in moments.items()}
    latest = clock.stamp(max(moments.values()))[:_MINUTE]
    between = (keys.shipped_out(distributor_id, some).sk, keys.shipped_out(distributor_id, some, latest).sk)
    present = context.table.get(shard, consistent=True) or {}
    every = list(context.table.query_all(shard.pk, between=between, consistent=True))
    over = [(minute, known) for minute in every if (known := _known(minute, names))]
    tx = Transaction()
    gone: Counter[str] = Counter()
    for minute, known in over[:MOST_MINUTES]:
        gone.update(known)
        _take_out(tx, minute, known)
    _take_off(tx, shard, {name: int(present[name]) for name in names if name in present}, gone)
    context.table.commit(tx)
    return len(over) > MOST_MINUTES


def _known(minute: Item, names: Mapping[str, datetime]) -> dict[str, int]:
    """Units shipped in this minute of the articles whose figures were counted after it."""
    end = clock.moment(f"{minute['sk'][-_MINUTE:]}:00.000Z") + timedelta(minutes=1)
    return {name: int(minute[name]) for name, at in names.items() if name in minute and end <= at}


def _take_out(tx: Transaction, minute: Item, known: Mapping[str, int]) -> None:
    """Refused if the total or an article changed since the read."""
    key, total = Key(minute["pk"], minute["sk"]), sum(known.values())
    same = reduce(and_, (Attr(name).eq(units) for name, units in known.items()), Attr(_ALL).eq(minute[_ALL]))
    if minute[_ALL] == total:
        tx.delete(key, when=same, label="minute")
    else:
        tx.update(key, add={_ALL: -total}, remove=tuple(known), when=same, label="minute")


def _take_off(tx: Transaction, shard: Key, present: Mapping[str, int], gone: Mapping[str, int]) -> None:
    """Lowers the articles' units; removes articles without any."""
    empty = {name: units for name, units in present.items() if units == gone.get(name, 0)}
    less = {name: -units for name, units in gone.items() if name not in empty}
    if empty or less:
        same = reduce(and_, (Attr(name).eq(units) for name, units in empty.items())) if empty else None
        tx.update(shard, add=less, remove=tuple(empty), when=same, label="shard")
