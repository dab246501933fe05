"""Whose binding stock lies in which warehouse: one item, `of:{warehouse}` with the distributor's id.

Figures of one warehouse bind the orders of one distributor: two that count on the same figures would both promise the last pallet.
"""

from functools import reduce
from operator import and_

from boto3.dynamodb.conditions import Attr

from chalicelib.orders import distributor_keys
from chalicelib.orders.stock import DeliversFrom
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Refused, Transaction

_OF = "of:"
LABEL = "warehouses"


def owners(table: Table) -> dict[str, str]:
    """The distributor of each warehouse whose stock is binding."""
    return _owners(table.get(distributor_keys.warehouses(), consistent=True))


def claim(tx: Transaction, distributor_id: str, before: DeliversFrom, after: DeliversFrom) -> None:
    """Refused with label `LABEL` where the stock of one of these warehouses binds another distributor."""
    had, has = _binding(before), _binding(after)
    if had == has:
        return
    taken = [Attr(_OF + name).not_exists() | Attr(_OF + name).eq(distributor_id) for name in sorted(has)]
    tx.update(
        distributor_keys.warehouses(),
        put=dict.fromkeys((_OF + name for name in sorted(has)), distributor_id),
        remove=tuple(_OF + name for name in sorted(had - has)),
        when=reduce(and_, taken) if taken else None,
        label=LABEL,
    )


def of_others(refused: Refused, distributor_id: str) -> set[str]:
    """Warehouses whose stock binds others, where `claim` was refused."""
    return {name for name, owner in _owners(refused.items.get(LABEL)).items() if owner != distributor_id}


def _owners(item: Item | None) -> dict[str, str]:
    return {name.removeprefix(_OF): owner for name, owner in (item or {}).items() if name.startswith(_OF)}


def _binding(stock: DeliversFrom) -> frozenset[str]:
    return stock.warehouses if stock.binding else frozenset()
