"""DynamoDB in a dictionary that counts what each call consumes, for memberships that no table on one machine holds.

Capacity is counted by the documented rules: a read takes half a unit for each 4 KB begun, a whole one if consistent, of a query's items
together; a write takes a unit for each KB begun of the larger of the item before and after, twice in a transaction, and as much again
for each index that the item enters, leaves or changes in. tests/tiers/test_nights.py holds the sums against those of the local cloud.

    table = Table(MeteredDynamo(), "club")
    with metered(table.client) as cost: ...         as `spent` does for a real client
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from math import ceil
from typing import Any

from boto3.dynamodb.types import Binary

from chalicelib.table.transactions import Item
from tests.support.memory import MemoryDynamo
from tests.support.spent import Spent, spent


def size(value: Any) -> int:
    """Bytes of an attribute's value, as DynamoDB counts them."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, Decimal | int):
        digits = len(Decimal(value).normalize().as_tuple().digits)
        return ceil(digits / 2) + 1 + (value < 0)
    if isinstance(value, bytes | Binary):
        return len(bytes(value))
    if isinstance(value, dict):
        return 3 + sum(1 + len(name.encode()) + size(each) for name, each in value.items())
    return 3 + sum(1 + size(each) for each in value)


def item_size(item: Item) -> int:
    return sum(len(name.encode()) + size(value) for name, value in item.items())


class MeteredDynamo(MemoryDynamo):
    """`written`: the write units of each partition, of the table and, by the keys of their items, of its indexes."""

    def __init__(self) -> None:
        super().__init__()
        self.cost = Spent()
        self.written: Counter[str] = Counter()

    def get_item(self, *, ConsistentRead: bool = False, **request: Any) -> Any:  # noqa: N803
        answer = super().get_item(**request)
        self._read("GetItem", [self.items[place] for place in [_place(request)] if place in self.items], ConsistentRead)
        return answer

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803
        ((_, asked),) = RequestItems.items()
        self.cost.calls.append("BatchGetItem")
        for key in asked["Keys"]:
            found = self.items.get((key["pk"]["S"], key["sk"]["S"]))
            self.cost.read_units += _read_units(item_size(found) if found else 0, asked.get("ConsistentRead", False))
        return super().batch_get_item(RequestItems=RequestItems)

    def query(self, **request: Any) -> Any:
        answer = super().query(**request)
        self._read("Query", [self._item(wired) for wired in answer["Items"]], request.get("ConsistentRead", False))
        return answer

    def put_item(self, **request: Any) -> Any:
        before = self._before(request)
        answer = super().put_item(**request)
        self.cost.calls.append("PutItem")
        self._written(_place(request), before, 1)
        return answer

    def update_item(self, **request: Any) -> Any:
        before = self._before(request)
        answer = super().update_item(**request)
        self.cost.calls.append("UpdateItem")
        self._written(_place(request), before, 1)
        return answer

    def transact_write_items(self, *, TransactItems: Any) -> Any:  # noqa: N803
        bodies = [next(iter(operation.values())) for operation in TransactItems]
        before = [self._before(body) for body in bodies]
        answer = super().transact_write_items(TransactItems=TransactItems)
        self.cost.calls.append("TransactWriteItems")
        for body, old in zip(bodies, before, strict=True):
            self._written(_place(body), old, 2)
        return answer

    def _item(self, wired: Any) -> Item:
        return self.items[wired["pk"]["S"], wired["sk"]["S"]]

    def _before(self, body: Any) -> Item | None:
        return self.items.get(_place(body))

    def _read(self, call: str, items: list[Item], consistent: bool) -> None:
        self.cost.calls.append(call)
        self.cost.read_units += _read_units(sum(map(item_size, items)), consistent)

    def _written(self, place: tuple[str, str], before: Item | None, times: int) -> None:
        after = self.items.get(place)  # none beside a condition on what is not there
        larger = max(item_size(each) if each else 0 for each in (after, before))
        self._count(place[0], times * max(ceil(larger / 1024), 1))
        for index in ("gsi1", "gsi2"):
            was, now = ((item or {}).get(f"{index}pk") and item for item in (before, after))
            if was and now and (was[f"{index}pk"], was[f"{index}sk"]) == (now[f"{index}pk"], now[f"{index}sk"]):
                self._count(f"{index} {now[f'{index}pk']}", ceil(larger / 1024))
            else:
                for item in filter(None, (was, now)):
                    self._count(f"{index} {item[f'{index}pk']}", ceil(item_size(item) / 1024))

    def _count(self, partition: str, units: int) -> None:
        self.cost.write_units += units
        self.written[partition] += units


def _read_units(found: int, consistent: bool) -> float:
    return max(ceil(found / 4096), 1) * (1 if consistent else 0.5)


def _place(body: Any) -> tuple[str, str]:
    key = body.get("Key") or body["Item"]
    return key["pk"]["S"], key["sk"]["S"]


@contextmanager
def _metered(client: MeteredDynamo) -> Iterator[Spent]:
    before, client.cost = client.cost, Spent()
    try:
        yield client.cost
    finally:
        client.cost = before


def metered(client: Any) -> AbstractContextManager[Spent]:
    """Counts the calls and capacity of this client, a metered one or a real one."""
    return _metered(client) if isinstance(client, MeteredDynamo) else spent(client)
