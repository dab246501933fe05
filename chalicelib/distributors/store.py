"""Distributors in the table. One item WAREHOUSES names the owner of binding stock: `of:{warehouse}` with the distributor's id; and whoever names
a warehouse, as the catalogue reads it.

A warehouse with binding stock has one distributor: two on the same figures would both promise the last pallet.
"""

from collections.abc import Iterable
from functools import reduce
from operator import and_

from boto3.dynamodb.conditions import Attr

from chalicelib import catalog
from chalicelib.distributors import keys
from chalicelib.distributors.model import DeliveryStock, Distributor, ServedRegion
from chalicelib.distributors.rules import Deliverer, DeliversFrom
from chalicelib.table import Item, Page, Refused, Table, Transaction

_OF = "of:"
WAREHOUSE_LABEL = "warehouses"


def warehouse_owners(table: Table) -> dict[str, str]:
    """The distributor of each warehouse with binding stock."""
    return _warehouse_owners(table.get(catalog.warehouses_key(), consistent=True))


def claim_warehouses(tx: Transaction, distributor_id: str, before: DeliversFrom, after: DeliversFrom) -> None:
    """Refused with label WAREHOUSE_LABEL if one of the warehouses has binding stock of another distributor."""
    if before == after:
        return
    had, has, named = _binding(before), _binding(after), catalog.named_by(distributor_id)
    taken = [Attr(_OF + name).not_exists() | Attr(_OF + name).eq(distributor_id) for name in sorted(has)]
    tx.update(
        catalog.warehouses_key(),
        put={**dict.fromkeys((_OF + name for name in sorted(has)), distributor_id), named: sorted(after.warehouses)},
        remove=tuple(_OF + name for name in sorted(had - has)),
        when=reduce(and_, taken) if taken else None,
        label=WAREHOUSE_LABEL,
    )


def warehouses_of_others(refused: Refused, distributor_id: str) -> set[str]:
    """Warehouses of others, after `claim_warehouses` was refused."""
    return {
        name for name, owner in _warehouse_owners(refused.items.get(WAREHOUSE_LABEL)).items() if owner != distributor_id
    }


def _warehouse_owners(item: Item | None) -> dict[str, str]:
    return {name.removeprefix(_OF): owner for name, owner in (item or {}).items() if name.startswith(_OF)}


def _binding(stock: DeliversFrom) -> frozenset[str]:
    return stock.warehouses if stock.binding else frozenset()


# --- distributors -----------------------------------------------------------------------------------------------------


def read_distributor(table: Table, distributor_id: str, *, consistent: bool = False) -> Distributor | None:
    item = table.get(keys.distributor(distributor_id), consistent=consistent)
    return Distributor.from_item(item) if item else None


def read_distributors(table: Table, distributor_ids: Iterable[str]) -> dict[str, Distributor]:
    found = table.get_many(keys.distributor(each) for each in distributor_ids)
    return {item["distributor_id"]: Distributor.from_item(item) for item in found.values()}


def distributors_of_region(table: Table, region: str, limit: int, after: dict[str, str] | None) -> Page:
    """By priority; each item has the `distributor_id`."""
    return table.query(keys.region(region, 0, "").pk, limit=limit, after=after)


def first_of_region(table: Table, region: str) -> Deliverer | None:
    """The distributor that gets the region's orders. One call: the region's item holds all that an order needs."""
    page = table.query(keys.region(region, 0, "").pk, limit=1)
    if not page.items:
        return None
    item = page.items[0]
    stock = DeliveryStock.model_validate(item.get("stock", {}))
    return Deliverer(item["distributor_id"], item["name"], stock.delivers_from)


def list_distributors(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    return table.query(keys.distributor_list("", "").pk, index="gsi1", limit=limit, after=after)


def create_distributor(tx: Transaction, distributor: Distributor) -> None:
    tx.create(_distributor_item(distributor))
    claim_warehouses(tx, distributor.distributor_id, DeliversFrom(), distributor.stock.delivers_from)
    for served in distributor.regions:
        tx.put(_region_item(distributor, served))


def replace_distributor(tx: Transaction, before: Distributor, after: Distributor) -> None:
    """Refused with label `version` if it changed since `before`, and by `claim_warehouses`."""
    tx.put(_distributor_item(after), when=Attr("version").eq(before.version), label="version")
    claim_warehouses(tx, after.distributor_id, before.stock.delivers_from, after.stock.delivers_from)
    kept = set(after.regions)
    for served in before.regions:
        if served not in kept:
            tx.delete(keys.region(served.region, served.priority, before.distributor_id))
    for served in after.regions:
        if served not in before.regions or (before.name, before.stock) != (after.name, after.stock):
            tx.put(_region_item(after, served))


def _distributor_item(distributor: Distributor) -> Item:
    return {
        **keys.distributor(distributor.distributor_id).as_item(),
        **keys.distributor_list(distributor.name, distributor.distributor_id).as_gsi1(),
        **distributor.model_dump(),
    }


def _region_item(distributor: Distributor, served: ServedRegion) -> Item:
    return {
        **keys.region(served.region, served.priority, distributor.distributor_id).as_item(),
        "distributor_id": distributor.distributor_id,
        "name": distributor.name,
        "stock": distributor.stock.model_dump(),
    }


def list_people(table: Table, distributor_id: str, limit: int, after: dict[str, str] | None) -> Page:
    return table.query(keys.distributor_person(distributor_id, ""), limit=limit, after=after)


def put_person(tx: Transaction, distributor_id: str, member_id: str, at: str) -> None:
    tx.put({**keys.distributor_person(distributor_id, member_id).as_item(), "member_id": member_id, "at": at})


def drop_person(tx: Transaction, distributor_id: str, member_id: str) -> None:
    """Refused with label `person` if nobody is there."""
    tx.delete(keys.distributor_person(distributor_id, member_id), when=Attr("pk").exists(), label="person")
