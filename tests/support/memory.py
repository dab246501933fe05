"""DynamoDB in a dictionary, for tests that make a hundred thousand calls.

It knows what `chalicelib.table` uses: conditions, updates, transactions, queries by prefix. It is checked against moto in
test_memory.py; what costs or capacity are, it does not know.

    table = Table(watched(MemoryDynamo(), "dynamodb"), "club")
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from threading import RLock
from types import CodeType, SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.table.transactions import Item, from_wire, to_wire

_TOKEN = re.compile(r"[#:]\w+(?:\.#\w+)*|\w+|<>|<=|>=|[=<>(),\[\]]")
_WORDS = {"AND": "and", "OR": "or", "NOT": "not", "=": "==", "<>": "!="}


class ConditionalCheckFailedException(ClientError):
    pass


class TransactionCanceledException(ClientError):
    pass


class TransactionConflictException(ClientError):
    """Never raised: nothing here happens at the same time."""


class _Missing:
    """An attribute that is not there: nothing is true of it."""

    def __bool__(self) -> bool:
        return False

    def _never(self, other: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _never  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "attribute_exists": lambda value: not isinstance(value, _Missing),
    "attribute_not_exists": lambda value: isinstance(value, _Missing),
    "if_not_exists": lambda value, other: other if isinstance(value, _Missing) else value,
    "begins_with": lambda value, start: isinstance(value, str) and value.startswith(start),
    "contains": lambda value, part: not isinstance(value, _Missing) and part in value,
    "size": lambda value: value if isinstance(value, _Missing) else len(value),
}

INDEXES = ("", "gsi1", "gsi2")  # the table's own keys first

Place = tuple[str, str]

MOST_EXPRESSION = 4096  # characters, as DynamoDB has it
MOST_READ = 5000  # items that are kept as they were read
_LOCK = RLock()  # a call is whole, whoever else calls


class MemoryDynamo:
    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        TransactionCanceledException=TransactionCanceledException,
        TransactionConflictException=TransactionConflictException,
    )

    def __init__(self) -> None:
        self.items: dict[Place, Item] = {}
        self._wire: dict[Place, Any] = {}  # as they were read last
        # Of each index: the places of a partition's items, by sort key.
        self._partitions: dict[str, dict[str, list[tuple[str, Place]]]] = {
            index: defaultdict(list) for index in INDEXES
        }

    def get_item(self, *, Key: Any, **_: Any) -> Any:  # noqa: N803
        with _LOCK:
            place = _place(Key)
            return {"Item": self._wired(place)} if place in self.items else {}

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803
        ((name, asked),) = RequestItems.items()
        with _LOCK:
            return {
                "Responses": {name: [self._wired(_place(key)) for key in asked["Keys"] if _place(key) in self.items]}
            }

    def query(self, **request: Any) -> Any:
        """Every expression that `Table.query` makes: a partition, and a range or a prefix of its sort keys."""
        with _LOCK:
            return self._query(request)

    def _query(self, request: Any) -> Any:
        values = from_wire(request["ExpressionAttributeValues"])
        partition = self._partitions[request.get("IndexName", "")][values[":pk"]]
        first, end = 0, len(partition)
        if ":from" in values:
            assert values[":from"], "DynamoDB refuses an empty key"
            assert values[":from"] <= values[":to"], "DynamoDB refuses a range that ends before it begins"
            first, end = bisect_left(partition, (values[":from"],)), bisect_left(partition, (values[":to"] + "\0",))
        elif ":starts" in values:
            first = bisect_left(partition, (values[":starts"],))
            end = bisect_left(partition, (values[":starts"] + chr(0x10FFFF),))
        backwards = not request.get("ScanIndexForward", True)
        if "ExclusiveStartKey" in request:
            # A position, whether or not there still is an item at it.
            after = request["ExclusiveStartKey"]
            position = (after[f"{request.get('IndexName', '')}sk"]["S"], _place(after))
            if backwards:
                end = min(end, bisect_left(partition, position))
            else:
                first = max(first, bisect_right(partition, position))
        places = [place for _, place in partition[first:end]]
        if backwards:
            places.reverse()
        answer: dict[str, Any] = {}
        if (limit := request.get("Limit")) and len(places) >= limit:
            places = places[:limit]
            last, index = self.items[places[-1]], request.get("IndexName", "")
            names = {"pk", "sk", f"{index}pk", f"{index}sk"}
            answer["LastEvaluatedKey"] = to_wire({name: last[name] for name in names})
        wanted = request.get("FilterExpression")
        return answer | {"Items": [self._wired(place) for place in places if _true(wanted, request, self.items[place])]}

    def scan(self, **_: Any) -> Any:
        return {"Items": [to_wire(item) for item in self.items.values()]}

    def get_paginator(self, operation: str) -> Any:
        """Of the one that tests use: the scan."""
        return SimpleNamespace(paginate=lambda **request: [getattr(self, operation)(**request)])

    def delete_item(self, **request: Any) -> Any:
        self._write({"Delete": request})
        return {}

    def put_item(self, **request: Any) -> Any:
        self._write({"Put": request})
        return {}

    def update_item(self, **request: Any) -> Any:
        self._write({"Update": request})
        return {"Attributes": to_wire(self.items[_place(request["Key"])])}

    def transact_write_items(self, *, TransactItems: Any) -> Any:  # noqa: N803
        with _LOCK:
            return self._transact(TransactItems)

    def _transact(self, operations: Any) -> Any:
        reasons = [self._refusal(*next(iter(operation.items()))) for operation in operations]
        if any(reasons):
            answer = {"CancellationReasons": [reason or {"Code": "None"} for reason in reasons]}
            raise TransactionCanceledException(answer, "TransactWriteItems")
        for operation in operations:
            self._apply(*next(iter(operation.items())))
        return {}

    def _write(self, operation: Any) -> None:
        ((kind, body),) = operation.items()
        with _LOCK:
            self._write_alone(kind, body)

    def _write_alone(self, kind: str, body: Any) -> None:
        if refusal := self._refusal(kind, body):
            raise ConditionalCheckFailedException({**refusal, "Error": {"Code": "ConditionalCheckFailed"}}, kind)
        self._apply(kind, body)

    def _refusal(self, kind: str, body: Any) -> Any:
        for expression in ("ConditionExpression", "UpdateExpression"):
            if len(body.get(expression, "")) > MOST_EXPRESSION:
                answer = {"Error": {"Code": "ValidationException", "Message": f"{expression} is too long"}}
                raise ClientError(answer, "TransactWriteItems")
        item = self.items.get(_place(body.get("Key") or body["Item"]))
        if _true(body.get("ConditionExpression"), body, item or {}):
            return None
        return {"Code": "ConditionalCheckFailed", **({"Item": to_wire(item)} if item is not None else {})}

    def _apply(self, kind: str, body: Any) -> None:
        place = _place(body.get("Key") or body["Item"])
        if kind == "Put":
            self._replace(place, from_wire(body["Item"]))
        elif kind == "Delete":
            self._replace(place, None)
        elif kind == "Update":
            self._replace(place, _updated(self.items.get(place) or from_wire(body["Key"]), body))

    def _wired(self, place: Place) -> Any:
        if place not in self._wire:
            if len(self._wire) > MOST_READ:
                self._wire.clear()
            self._wire[place] = to_wire(self.items[place])
        return self._wire[place]

    def _replace(self, place: Place, item: Item | None) -> None:
        self._wire.pop(place, None)
        was = self.items.pop(place, None)
        if item is not None:
            self.items[place] = item
        for index, partitions in self._partitions.items():
            before, after = _listed(index, was), _listed(index, item)
            if before != after:
                if before:
                    listed = partitions[before[0]]
                    del listed[bisect_left(listed, (before[1], place))]
                if after:
                    insort(partitions[after[0]], (after[1], place))


def _listed(index: str, item: Item | None) -> Place | None:
    """Partition and sort key of an item in this index, if it is there."""
    return (item[f"{index}pk"], item[f"{index}sk"]) if item and f"{index}pk" in item else None


def _place(wired: Any) -> Place:
    return wired["pk"]["S"], wired["sk"]["S"]


def _true(expression: str | None, body: Any, item: Item) -> bool:
    return expression is None or bool(_value(expression, body, item))


def _value(expression: str, body: Any, item: Item) -> Any:
    code, words = _python(expression)
    names = body.get("ExpressionAttributeNames", {})
    values = body.get("ExpressionAttributeValues", {})
    known: dict[str, Any] = dict(_FUNCTIONS)
    for number, word in enumerate(words):
        known[f"x{number}"] = from_wire({"": values[word]})[""] if word[0] == ":" else _attribute(item, word, names)
    return eval(code, {"__builtins__": {}}, known)


def _attribute(item: Item, word: str, names: Any) -> Any:
    found: Any = item
    for part in word.split("."):
        found = found.get(names[part], _Missing()) if isinstance(found, dict) else _Missing()
    return found


@cache
def _python(expression: str) -> tuple[CodeType, list[str]]:
    """The expression as Python: its words mean the same, once names and values are looked up."""
    words: list[str] = []

    def python(token: str) -> str:
        if token[0] not in "#:":
            return _WORDS.get(token, token)
        words.append(token)
        return f"x{len(words) - 1}"

    expression = re.sub(r"(\S+) BETWEEN (\S+) AND (\S+)", r"(\2 <= \1 AND \1 <= \3)", expression)
    expression = re.sub(r"IN \(([^)]*)\)", r"in [\1]", expression)
    text = " ".join(python(token) for token in _TOKEN.findall(expression))
    return compile(text, "<expression>", "eval"), words


def _updated(item: Item, body: Any) -> Item:
    after = dict(item)
    names = body["ExpressionAttributeNames"]
    clauses = re.split(r"\s*\b(SET|ADD|REMOVE)\b\s*", body["UpdateExpression"])[1:]
    for word, clause in zip(clauses[::2], clauses[1::2], strict=True):
        for part in re.split(r",\s*(?![^(]*\))", clause):
            if word == "SET":
                name, expression = part.split(" = ", 1)
                after[names[name]] = _value(expression, body, item)
            elif word == "ADD":
                name, amount = part.split()
                before, more = item.get(names[name]), _value(amount, body, item)
                after[names[name]] = (
                    more if before is None else before | more if isinstance(more, set) else before + more
                )
            else:
                after.pop(names[part.strip()], None)
    return after
