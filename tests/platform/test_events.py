"""Events: declared once, and written with their cause."""

import ast
from collections import Counter
from importlib import import_module

from chalicelib.orders.order.events import PLACED
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.subscriptions import declared
from chalicelib.platform.events import EventType, record
from chalicelib.table.key import Key
from chalicelib.table.transactions import Transaction
from infra.build import ROOT

# The contract's examples.
BY_HAND = {ROOT / "chalicelib" / "webhooks" / "schemas.py"}

COMPANY = Key("COMPANY#cmp_1", "PROFILE")


def test_an_event_lies_beside_what_it_happened_to_and_goes_in_its_transaction(context: Context) -> None:
    tx = Transaction()
    record(tx, context, COMPANY, PLACED, order_id="ord_1", lines=2)
    assert list(context.table.query_all(COMPANY.pk)) == []
    context.table.commit(tx)
    [item] = context.table.query_all(COMPANY.pk)
    assert item == {
        "pk": "COMPANY#cmp_1",
        "sk": "EVENT#2026-11-20T09:00:00.000Z#evt_0001",
        "event": "order.placed",
        "at": "2026-11-20T09:00:00.000Z",
        "expires_at": context.expiry(days=400),
        "order_id": "ord_1",
        "lines": 2,
    }


def event_types() -> list[EventType]:
    """Every event that a room declares."""
    found = []
    for path in sorted((ROOT / "chalicelib").rglob("*events.py")):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        found += [value for value in vars(module).values() if isinstance(value, EventType)]
    return found


def test_an_event_is_declared_once() -> None:
    names = Counter(event_types())
    assert {name for name, times in names.items() if times > 1} == set()
    assert len(names) > 50


def test_nobody_writes_an_event_name_by_hand() -> None:
    """A name that stands between quotes is found by no reader of its room's events."""
    names = set(event_types())
    for path in (ROOT / "chalicelib").rglob("*.py"):
        if path.name.endswith("events.py") or path in BY_HAND:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        written = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in names}
        assert not written, f"{path}: {written}"


def test_a_consumer_hears_only_of_events_that_somebody_declares() -> None:
    heard = {event for each in declared() for event in each.events}
    assert heard <= set(event_types())
