"""DynamoDB in a dictionary, for tests that make a hundred thousand calls.

It knows what `chalicelib.table` uses: conditions, updates, transactions, queries by prefix. It is checked against moto in
test_memory.py; what costs or capacity are, it does not know.

    table = Table(watched(MemoryDynamo(), "dynamodb"), "club")
"""

import re
from collections.abc import Callable
from types import SimpleNamespace
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
}


class MemoryDynamo:
    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        TransactionCanceledException=TransactionCanceledException,
        TransactionConflictException=TransactionConflictException,
    )

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}

    def get_item(self, *, Key: Any, **_: Any) -> Any:  # noqa: N803
        item = self.items.get(_place(Key))
        return {"Item": to_wire(item)} if item is not None else {}

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803
        ((name, asked),) = RequestItems.items()
        found = [self.items[_place(key)] for key in asked["Keys"] if _place(key) in self.items]
        return {"Responses": {name: [to_wire(item) for item in found]}}

    def query(self, **request: Any) -> Any:
        found = [item for item in self.items.values() if _true(request["KeyConditionExpression"], request, item)]
        sort = f"{request.get('IndexName', '')}sk"
        found.sort(key=lambda item: item[sort], reverse=not request.get("ScanIndexForward", True))
        return {"Items": [to_wire(item) for item in found]}

    def scan(self, **_: Any) -> Any:
        return {"Items": [to_wire(item) for item in self.items.values()]}

    def put_item(self, **request: Any) -> Any:
        self._write({"Put": request})
        return {}

    def update_item(self, **request: Any) -> Any:
        self._write({"Update": request})
        return {"Attributes": to_wire(self.items[_place(request["Key"])])}

    def transact_write_items(self, *, TransactItems: Any) -> Any:  # noqa: N803
        reasons = [self._refusal(*next(iter(operation.items()))) for operation in TransactItems]
        if any(reasons):
            answer = {"CancellationReasons": [reason or {"Code": "None"} for reason in reasons]}
            raise TransactionCanceledException(answer, "TransactWriteItems")
        for operation in TransactItems:
            self._apply(*next(iter(operation.items())))
        return {}

    def _write(self, operation: Any) -> None:
        ((kind, body),) = operation.items()
        if refusal := self._refusal(kind, body):
            raise ConditionalCheckFailedException({**refusal, "Error": {"Code": "ConditionalCheckFailed"}}, kind)
        self._apply(kind, body)

    def _refusal(self, kind: str, body: Any) -> Any:
        item = self.items.get(_place(body.get("Key") or body["Item"]))
        if _true(body.get("ConditionExpression"), body, item or {}):
            return None
        return {"Code": "ConditionalCheckFailed", **({"Item": to_wire(item)} if item is not None else {})}

    def _apply(self, kind: str, body: Any) -> None:
        place = _place(body.get("Key") or body["Item"])
        if kind == "Put":
            self.items[place] = from_wire(body["Item"])
        elif kind == "Delete":
            self.items.pop(place, None)
        elif kind == "Update":
            self.items[place] = _updated(self.items.get(place) or from_wire(body["Key"]), body)


def _place(wired: Any) -> tuple[str, str]:
    return wired["pk"]["S"], wired["sk"]["S"]


def _true(expression: str | None, body: Any, item: Item) -> bool:
    return expression is None or bool(_value(expression, body, item))


def _value(expression: str, body: Any, item: Item) -> Any:
    """The expression as Python: its words mean the same, once names and values are looked up."""
    names = body.get("ExpressionAttributeNames", {})
    values = from_wire(body.get("ExpressionAttributeValues", {}))
    known: dict[str, Any] = dict(_FUNCTIONS)

    def python(token: str) -> str:
        if token[0] not in "#:":
            return _WORDS.get(token, token)
        found: Any = item
        if token[0] == ":":
            found = values[token]
        else:
            for part in token.split("."):
                found = found.get(names[part], _Missing()) if isinstance(found, dict) else _Missing()
        known[f"x{len(known)}"] = found
        return f"x{len(known) - 1}"

    expression = re.sub(r"(\S+) BETWEEN (\S+) AND (\S+)", r"(\2 <= \1 AND \1 <= \3)", expression)
    expression = re.sub(r"IN \(([^)]*)\)", r"in [\1]", expression)
    return eval(" ".join(python(token) for token in _TOKEN.findall(expression)), {"__builtins__": {}}, known)


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
                after[names[name]] = item.get(names[name], 0) + _value(amount, body, item)
            else:
                after.pop(names[part.strip()], None)
    return after
