"""One transaction: the only way state changes.

A change is described first and committed once by `Table.commit`. Each operation may carry a label, so that a refusal can be
told apart by name:

    tx = Transaction()
    tx.create(marker, label="email")
    tx.update(key, put={"state": "accepted"}, when=Attr("state").eq("placed"), label="state")
    try:
        table.commit(tx)
    except Refused as refused:
        if "email" in refused: ...
"""

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.types import DYNAMODB_CONTEXT, TypeDeserializer, TypeSerializer

from chalicelib.table.key import CREATED_ONLY, Key

Item = dict[str, Any]

NEW = Attr("pk").not_exists()  # the item is not there yet
MOST_OPERATIONS = 98  # of the 100 of one TransactWriteItems call: two are kept for the caller's right and the journal
GUARD = "guard"  # label

_serialise = TypeSerializer().serialize
_deserialise = TypeDeserializer().deserialize


class Refused(Exception):
    """A condition of the transaction did not hold; nothing was written.

    `items` maps the label of each refusing operation to the item that stood in its way (None where there is none).
    """

    def __init__(self, items: dict[str, Item | None]) -> None:
        super().__init__(", ".join(sorted(items)) or "refused")
        self.items = items

    def __contains__(self, label: str) -> bool:
        return label in self.items


class Busy(Exception):
    """Others were writing the same items through every retry; nothing was written."""


class Guard(NamedTuple):
    """A condition that every transaction of a table holds to, or raises `refusal`. `entry`: the item that the first of them writes beside."""

    key: Key
    when: ConditionBase
    refusal: Exception
    entry: Item | None = None


class Joining(NamedTuple):
    """Texts that join a set of an item. The write is refused if the set could have more than `most` then."""

    texts: Set[str]
    most: int

    def fits(self, attribute: str) -> ConditionBase:
        return Attr(attribute).not_exists() | Attr(attribute).size().lte(self.most - len(self.texts))


class Operation(NamedTuple):
    kind: str
    key: Key
    body: dict[str, Any]
    when: ConditionBase | None
    label: str

    def to_wire(self, table_name: str, condition: dict[str, Any] | None) -> dict[str, Any]:
        """`condition`: `when` as it is sent."""
        body = {"TableName": table_name, **self.body}
        if condition:
            body = merge_expressions(body, condition)
            body["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return {self.kind: body}


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """Item as DynamoDB's typed attributes. Raises TypeError for a float: money is Decimal."""
    return {name: _typed(value) for name, value in item.items()}


def from_wire(item: Mapping[str, Any]) -> Item:
    """Item from DynamoDB's typed attributes; numbers are Decimal."""
    return {
        name: value["S"] if "S" in value else Decimal(value["N"]) if "N" in value else _plain(value)
        for name, value in item.items()
    }


def _typed(value: Any) -> Any:
    """Types the most frequent kinds at once; the SDK's serialiser, which tries one kind after the other, does the rest."""
    kind = type(value)
    if kind is str:
        return {"S": value}
    if kind is dict:
        return {"M": {name: _typed(each) for name, each in value.items()}}
    if kind is list:
        return {"L": [_typed(each) for each in value]}
    if (kind is Decimal and value.is_finite()) or kind is int:
        return {"N": str(DYNAMODB_CONTEXT.create_decimal(value))}
    return _serialise(value)


def _plain(typed: Any) -> Any:
    [(kind, value)] = typed.items()
    if kind in ("S", "BOOL"):
        return value
    if kind == "N":
        return Decimal(value)
    if kind == "M":
        return from_wire(value)
    if kind == "L":
        return [_plain(each) for each in value]
    return _deserialise(typed)


def condition_to_wire(condition: ConditionBase) -> dict[str, Any]:
    built = ConditionExpressionBuilder().build_expression(condition)
    wired: dict[str, Any] = {
        "ConditionExpression": built.condition_expression,
        "ExpressionAttributeNames": built.attribute_name_placeholders,
    }
    if built.attribute_value_placeholders:
        wired["ExpressionAttributeValues"] = to_wire(built.attribute_value_placeholders)
    return wired


class Transaction:
    """Operations that succeed or fail together. At most MOST_OPERATIONS, a guard and its entry, at most one per item."""

    def __init__(self) -> None:
        self._operations: dict[Key, Operation] = {}
        self.instead: dict[str, Exception] = {}  # by label

    def __len__(self) -> int:
        return len(self._operations)

    def __contains__(self, key: Key) -> bool:
        return key in self._operations

    def put(self, item: Item, *, when: ConditionBase | None = None, label: str = "") -> None:
        """Write the whole item, in place of any other."""
        key = Key(item["pk"], item["sk"])
        refuse_to_change(key)
        self._append("Put", key, {"Item": to_wire(item)}, when, label)

    def create(self, item: Item, *, label: str = "") -> None:
        """Write the item; refused if one is there."""
        key = Key(item["pk"], item["sk"])
        self._append("Put", key, {"Item": to_wire(item)}, NEW, label)

    def update(
        self,
        key: Key,
        *,
        put: Mapping[str, Any] | None = None,
        default: Mapping[str, Any] | None = None,
        add: Mapping[str, Decimal | int] | None = None,
        join: Mapping[str, Joining] | None = None,
        remove: Sequence[str] = (),
        when: ConditionBase | None = None,
        label: str = "",
    ) -> None:
        """Change attributes: `put` sets, `default` sets what is not there yet, `add` adds numbers, `join` adds to sets, `remove` removes."""
        refuse_to_change(key)
        body = update_to_wire(key, put, default, add, join, remove)
        self._append("Update", key, body, within_bounds(join, when), label)

    def check(self, key: Key, when: ConditionBase, *, label: str = "", instead: Exception | None = None) -> None:
        """Write nothing; refuse the transaction unless the item is so. `instead` is raised in place of `Refused` then."""
        if instead:
            self.instead[label] = instead
        self._append("ConditionCheck", key, {"Key": key.as_wire()}, when, label)

    def delete(self, key: Key, *, when: ConditionBase | None = None, label: str = "") -> None:
        refuse_to_change(key)
        self._append("Delete", key, {"Key": key.as_wire()}, when, label)

    def guard(self, guard: Guard) -> None:
        """Adds the guard and its entry. A write of the guarded item itself gets its condition, too, and is refused by its own label."""
        if guard.entry:
            key = Key(guard.entry["pk"], guard.entry["sk"])
            self._operations[key] = Operation("Put", key, {"Item": to_wire(guard.entry)}, None, "entry")
        present = self._operations.get(guard.key)
        if present:
            both = guard.when if present.when is None else present.when & guard.when
            self._operations[guard.key] = present._replace(when=both)
            return
        self.instead[GUARD] = guard.refusal
        body = {"Key": guard.key.as_wire()}
        self._operations[guard.key] = Operation("ConditionCheck", guard.key, body, guard.when, GUARD)

    def labels(self) -> list[str]:
        return [operation.label for operation in self._operations.values()]

    def to_wire(self, table_name: str) -> list[dict[str, Any]]:
        """Operations that share a condition have it written once."""
        operations = self._operations.values()
        conditions = {id(each.when): each.when for each in operations if each.when is not None}
        wired = {place: condition_to_wire(when) for place, when in conditions.items()}
        return [each.to_wire(table_name, wired.get(id(each.when))) for each in operations]

    def _append(self, kind: str, key: Key, body: dict[str, Any], when: ConditionBase | None, label: str) -> None:
        if key in self._operations:
            raise ValueError(f"a transaction can touch {key} once only")
        if len(self._operations) == MOST_OPERATIONS:
            raise ValueError(f"a transaction holds at most {MOST_OPERATIONS} operations")
        self._operations[key] = Operation(kind, key, body, when, label)


def at_version(version: int, counted: str = "version") -> ConditionBase:
    """The item is there in this version; for 0: it is not there. `counted`: the attribute that counts the versions."""
    return Attr(counted).eq(version) if version else NEW


def refuse_to_change(key: Key) -> None:
    """Raises ValueError for an item that may only be created. The policies deny changes and deletes, but cannot deny a replacement."""
    if key.pk.startswith(CREATED_ONLY):
        raise ValueError(f"{key} may be created, and neither changed nor deleted")


def update_to_wire(
    key: Key,
    put: Mapping[str, Any] | None,
    default: Mapping[str, Any] | None,
    add: Mapping[str, Decimal | int] | None,
    join: Mapping[str, Joining] | None,
    remove: Sequence[str],
) -> dict[str, Any]:
    names: dict[str, str] = {}
    values: dict[str, Any] = {}

    def name(attribute: str) -> str:
        placeholder = f"#u{len(names)}"
        names[placeholder] = attribute
        return placeholder

    def value(content: Any) -> str:
        placeholder = f":u{len(values)}"
        values[placeholder] = _typed(content)
        return placeholder

    sets = [f"{name(attribute)} = {value(content)}" for attribute, content in (put or {}).items()]
    for attribute, content in (default or {}).items():
        placeholder = name(attribute)
        sets.append(f"{placeholder} = if_not_exists({placeholder}, {value(content)})")
    clauses = []
    if sets:
        clauses.append("SET " + ", ".join(sets))
    added = {**(add or {}), **{attribute: set(joining.texts) for attribute, joining in (join or {}).items()}}
    if added:
        clauses.append("ADD " + ", ".join(f"{name(attribute)} {value(more)}" for attribute, more in added.items()))
    if remove:
        clauses.append("REMOVE " + ", ".join(name(attribute) for attribute in remove))
    if not clauses:
        raise ValueError(f"this update of {key} changes nothing: a check says so better")
    wired: dict[str, Any] = {
        "Key": key.as_wire(),
        "UpdateExpression": " ".join(clauses),
        "ExpressionAttributeNames": names,
    }
    if values:
        wired["ExpressionAttributeValues"] = values
    return wired


def within_bounds(join: Mapping[str, Joining] | None, when: ConditionBase | None) -> ConditionBase | None:
    """The condition, and that each set has room for what joins it."""
    fits = [joining.fits(attribute) for attribute, joining in (join or {}).items()]
    return reduce(and_, fits if when is None else [when, *fits]) if fits else when


def merge_expressions(body: dict[str, Any], condition: dict[str, Any]) -> dict[str, Any]:
    """Body with a condition beside its update expression; placeholders of the two never meet (`#u..` and `#n..`)."""
    merged = {**body, **condition}
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        both = {**body.get(part, {}), **condition.get(part, {})}
        if both:
            merged[part] = both
    return merged
