"""How the prices of an order's lines came about, as it lies in the order.

Each line has its own `chosen` and `rejected`. Where many promotions run on the same goods, every one of 200 lines tells of every one of them,
and that is more than an item holds: then the order has all of them together, packed, since they say much the same of each line.

    rulings    zlib of JSON: of each line {chosen, rejected}
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from chalicelib.orders.rules import Line
from chalicelib.pricing import Ruling
from chalicelib.table.transactions import Item

LARGE = 32_000  # characters from which on they are packed


def told(lines: Sequence[Line]) -> list[Item]:
    """Of each line what its price rests on."""
    return [{"chosen": _item(line.chosen), "rejected": [_item(ruling) for ruling in line.rejected]} for line in lines]


def packed(rulings: Sequence[Item]) -> bytes | None:
    """None where they are few enough to lie with the lines."""
    text = json.dumps(rulings, ensure_ascii=False, separators=(",", ":"), default=str)
    return zlib.compress(text.encode()) if len(text) > LARGE else None


def rulings_of(order: Item) -> Iterator[tuple[Ruling, tuple[Ruling, ...]]]:
    """Of each line of a stored order the ruling that was chosen, and those that were not."""
    kept = json.loads(zlib.decompress(bytes(order["rulings"]))) if "rulings" in order else order["lines"]
    return ((_ruling(each["chosen"]), tuple(_ruling(ruling) for ruling in each["rejected"])) for each in kept)


def _item(ruling: Ruling) -> Item:
    item = {
        "rule": ruling.rule,
        "reason": ruling.reason,
        "facts": dict(ruling.facts),
        "unit_price": ruling.unit_price,
        "parts": [_item(part) for part in ruling.parts],
    }
    return {name: value for name, value in item.items() if value not in (None, {}, [])}


def _ruling(item: dict[str, Any]) -> Ruling:
    parts = tuple(_ruling(part) for part in item.get("parts", ()))
    unit_price = Decimal(item["unit_price"]) if "unit_price" in item else None
    return Ruling(item["rule"], item["reason"], unit_price, item.get("facts", {}), parts)
