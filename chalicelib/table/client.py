"""Reads and commits. Everything that talks to DynamoDB goes through `Table`."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.conditions import ConditionBase

from chalicelib.table.key import Key
from chalicelib.table.records import Record, from_item
from chalicelib.table.retries import TRIES, tries
from chalicelib.table.transactions import (
    MOST_OPERATIONS,
    Busy,
    Guard,
    Item,
    Joining,
    Refused,
    Transaction,
    condition_to_wire,
    from_wire,
    merge_expressions,
    refuse_to_change,
    to_wire,
    update_to_wire,
    within_bounds,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_KEYS = 100  # of one BatchGetItem call

# Reasons for which DynamoDB cancels a transaction although its conditions may hold: try again.
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


Position = dict[str, str] | None  # from which a list goes on; None: its beginning, or its end


class Page(NamedTuple):
    """One page of a query. `last` is the position to go on from, None at the end."""

    items: list[Item]
    last: Position


class Table:
    """The table by name. `sleep`, `jitter` and `clock` are passed in so that tests need not wait.

    Every write of a table with a guard is refused unless the guard holds at the moment of the write.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self.name = name
        self._sleep = sleep
        self._jitter = jitter
        self._clock = clock
        self._guard: Guard | None = None

    def guarded_by(self, guard: Guard) -> "Table":
        """The same table, for writes under this guard."""
        guarded = copy(self)
        guarded._guard = guard
        return guarded

    def get(self, key: Key, *, consistent: bool = False) -> Item | None:
        """The item, or None. One call; 0.5 RCU per 4 KB, 1 when consistent."""
        answer = self.client.get_item(TableName=self.name, Key=key.as_wire(), ConsistentRead=consistent)
        return from_wire(answer["Item"]) if "Item" in answer else None

    def get_fresh(self, key: Key, is_fresh: Callable[[Item], bool] = bool) -> Item | None:
        """The item at half the price of a consistent read, which follows where the first one finds no item or none that is fresh.

        For items that never change, and for items that tell how new they are.
        """
        item = self.get(key)
        return item if item and is_fresh(item) else self.get(key, consistent=True)

    def read(self, kind: Callable[..., Record], key: Key, *, consistent: bool = False) -> Record | None:
        """The record of this kind that the item is, or None. As `get`."""
        item = self.get(key, consistent=consistent)
        return from_item(kind, item) if item else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = False, only: Sequence[str] = ()) -> dict[Key, Item]:
        """The items that exist, by key. `only`: as for `query`, beside the key.

        One call per 100 keys. Keys that DynamoDB leaves over are asked again: DynamoDB brings 16 MB together, and of one partition 1 MB, so
        that only a call that brings nothing is followed by a pause.
        """
        chosen = {f"#o{place}": name for place, name in enumerate(("pk", "sk", *only))} if only else {}
        part = {"ProjectionExpression": ", ".join(chosen), "ExpressionAttributeNames": chosen} if only else {}
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), MOST_KEYS):
            pending: dict[str, Any] = {
                self.name: {
                    "Keys": [key.as_wire() for key in wanted[start : start + MOST_KEYS]],
                    "ConsistentRead": consistent,
                    **part,
                }
            }
            while pending:
                for _ in self.tries():
                    answer = self.client.batch_get_item(RequestItems=pending)
                    read = [from_wire(wired) for wired in answer["Responses"].get(self.name, [])]
                    found |= {Key(item["pk"], item["sk"]): item for item in read}
                    pending = answer.get("UnprocessedKeys") or {}
                    if read or not pending:
                        break
                else:
                    raise Busy(f"{len(pending[self.name]['Keys'])} keys stayed unread")
        return found

    def query(
        self,
        place: Key | str,
        *,
        starts: str = "",
        between: tuple[str, str] | None = None,
        index: str | None = None,
        limit: int | None = None,
        after: Position = None,
        newest_first: bool = False,
        consistent: bool = False,
        where: ConditionBase | None = None,
        only: Sequence[str] = (),
    ) -> Page:
        """One page of a partition, by sort key. `place`: the partition, or a key with the beginning of the sort keys.

        `where` drops items and `only` all other attributes; both are read and paid for. A range that ends before it begins holds nothing, and
        makes no call: DynamoDB refuses it.
        """
        pk, starts = (place, starts) if isinstance(place, str) else place
        if between and between[0] > between[1]:
            return Page([], None)
        prefix = index or ""
        chosen = {f"#o{place}": name for place, name in enumerate(only)}
        names = {"#pk": f"{prefix}pk", **chosen}
        values: dict[str, Any] = {":pk": {"S": pk}}
        expression = "#pk = :pk"
        if between:
            names["#sk"] = f"{prefix}sk"
            values |= {":from": {"S": between[0]}, ":to": {"S": between[1]}}
            expression += " AND #sk BETWEEN :from AND :to"
        elif starts:
            names["#sk"] = f"{prefix}sk"
            values[":starts"] = {"S": starts}
            expression += " AND begins_with(#sk, :starts)"
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not newest_first,
            "ConsistentRead": consistent,
        }
        if where is not None:
            condition = condition_to_wire(where)
            request["FilterExpression"] = condition.pop("ConditionExpression")
            request = merge_expressions(request, condition)
        if only:
            request["ProjectionExpression"] = ", ".join(chosen)
        if index:
            request["IndexName"] = index
        if limit:
            request["Limit"] = limit
        if after:
            request["ExclusiveStartKey"] = to_wire(after)
        answer = self.client.query(**request)
        last = answer.get("LastEvaluatedKey")
        return Page([from_wire(item) for item in answer["Items"]], from_wire(last) if last else None)

    def query_some(self, place: Key | str, *, where: ConditionBase, limit: int, among: int, **question: Any) -> Page:
        """The first `limit` items that satisfy `where`, out of the next `among`: one call, however rare they are.

        So a page may hold fewer than `limit`, or none, and still have a `last` to go on from.
        """
        page = self.query(place, where=where, limit=among, **question)
        if len(page.items) <= limit:
            return page
        kept = page.items[:limit]
        return Page(kept, position_of(kept[-1], question.get("index")))

    def query_all(self, place: Key | str, **question: Any) -> Iterator[Item]:
        """Every item of the question, page after page, none held longer than its page."""
        after: Position = None
        while True:
            page = self.query(place, after=after, **question)
            yield from page.items
            if page.last is None:
                return
            after = page.last

    def commit(self, transaction: Transaction, *, refusal: Exception | None = None) -> None:
        """All or nothing, in one call. Raises `Refused` when a condition fails, or the `instead` of its label, or else `refusal`; `Busy` when
        others keep writing.

        The SDK sends the same client request token with each of its own retries, so a lost reply never writes twice.
        """
        if not len(transaction):
            return
        if self._guard:
            transaction.guard(self._guard)
        wired: Any = transaction.to_wire(self.name)
        for _ in self.tries():
            try:
                self.client.transact_write_items(TransactItems=wired)
                self._guard = self._guard and self._guard._replace(entry=None)
                return
            except self.client.exceptions.TransactionCanceledException as cancelled:
                refused, passing = _reasons(cancelled.response, transaction.labels())
                for label in refused.keys() & transaction.instead.keys():
                    raise transaction.instead[label] from None
                if refused:
                    raise refusal or Refused(refused) from None
                if not passing:
                    raise
        raise Busy("the items stayed under change")

    def update(
        self,
        key: Key,
        *,
        put: dict[str, Any] | None = None,
        default: dict[str, Any] | None = None,
        add: dict[str, Decimal | int] | None = None,
        join: dict[str, Joining] | None = None,
        remove: tuple[str, ...] = (),
        when: ConditionBase | None = None,
    ) -> Item:
        """Change one item and return it as it is then; half the price of a transaction of one. Raises `Refused`, `Busy`.

        Under a guard it is a transaction and a read after it, which may find a later change.
        """
        if self._guard:
            alone = Transaction()
            alone.update(key, put=put, default=default, add=add, join=join, remove=remove, when=when)
            self.commit(alone)
            return self.get(key, consistent=True) or {}
        refuse_to_change(key)
        request = update_to_wire(key, put, default, add, join, remove)
        when = within_bounds(join, when)
        if when is not None:
            request = merge_expressions(request, condition_to_wire(when))
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        answer = self._alone(lambda: self.client.update_item(TableName=self.name, ReturnValues="ALL_NEW", **request))
        return from_wire(answer["Attributes"])

    def put(self, item: Item, *, when: ConditionBase | None = None) -> None:
        """Write one item whole. Raises `Refused` when its condition fails, and `Busy`."""
        if self._guard:
            alone = Transaction()
            alone.put(item, when=when)
            self.commit(alone)
            return
        refuse_to_change(Key(item["pk"], item["sk"]))
        request: dict[str, Any] = {"Item": to_wire(item)}
        if when is not None:
            request |= condition_to_wire(when)
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        self._alone(lambda: self.client.put_item(TableName=self.name, **request))

    def delete_many(self, keys: Iterable[Key]) -> None:
        """Deletes the items that exist. One call per 99 keys."""
        doomed = list(dict.fromkeys(keys))
        for start in range(0, len(doomed), MOST_OPERATIONS):
            transaction = Transaction()
            for key in doomed[start : start + MOST_OPERATIONS]:
                transaction.delete(key)
            self.commit(transaction)

    def replace(self, pk: str, items: Iterable[Item], **question: Any) -> None:
        """Writes these items of the partition, and then deletes all others that the question finds. One call per item, and per 99 deleted keys.

        The question is that of `query_all`. A repeat ends in the same items.
        """
        kept = set()
        for item in items:
            self.put(item)
            kept.add(item["sk"])
        found = self.query_all(pk, only=("pk", "sk"), consistent=True, **question)
        self.delete_many(Key(item["pk"], item["sk"]) for item in found if item["sk"] not in kept)

    def _alone(self, write: Callable[[], Any]) -> Any:
        """A write of one item, again while a transaction holds the item."""
        for _ in self.tries():
            try:
                return write()
            except self.client.exceptions.ConditionalCheckFailedException as failed:
                raise Refused({"": _old_item(failed.response)}) from None
            except self.client.exceptions.TransactionConflictException:
                continue
        raise Busy("the item stayed under change")

    def tries(self, most: int = TRIES, *, at_once: bool = False) -> Iterator[None]:
        return tries(most, self._sleep, self._jitter, self._clock, at_once=at_once)


def position_of(item: Item, index: str | None = None) -> dict[str, str]:
    """The position after this item, for a page that ends with it."""
    names = ("pk", "sk", *((f"{index}pk", f"{index}sk") if index else ()))
    return {name: item[name] for name in names}


def _reasons(response: Any, labels: list[str]) -> tuple[dict[str, Item | None], bool]:
    refused: dict[str, Item | None] = {}
    passing = False
    for label, reason in zip(labels, response.get("CancellationReasons", []), strict=False):
        if reason.get("Code") == "ConditionalCheckFailed":
            refused[label] = _old_item(reason)
        elif reason.get("Code") in _PASSING:
            passing = True
    return refused, passing


def _old_item(answer: Any) -> Item | None:
    return from_wire(answer["Item"]) if answer.get("Item") else None
