"""Events: written with their cause, delivered in order, and never lost by a failure."""

import ast
import json
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import Any, get_args

import pytest
from botocore.exceptions import ClientError

from chalicelib.orders.order.events import PLACED
from chalicelib.platform import aws, events, settings
from chalicelib.platform.context import Context
from chalicelib.platform.events import (
    DeclaredConsumer,
    Event,
    EventType,
    Lane,
    NamedConsumer,
    consumer_names,
    declared,
    deliver,
    each_message,
    record,
    subscriptions,
)
from chalicelib.table.key import Key
from chalicelib.table.transactions import Transaction, to_wire
from infra.build import ROOT

# The contract's examples.
BY_HAND = {ROOT / "chalicelib" / "webhooks" / "schemas.py"}

COMPANY = Key("COMPANY#cmp_1", "PROFILE")


def stream(*items: dict[str, Any] | None) -> dict[str, Any]:
    """A batch of the table's stream: new images, or None for a removal."""
    return {
        "Records": [
            {
                "eventName": "REMOVE" if item is None else "INSERT",
                "dynamodb": {"SequenceNumber": str(number), **({"NewImage": to_wire(item)} if item else {})},
            }
            for number, item in enumerate(items, start=1)
        ]
    }


def happened(number: int, name: str = "order.placed") -> dict[str, Any]:
    return {"pk": "COMPANY#cmp_1", "sk": f"EVENT#{number}", "event": name, "order_id": f"ord_{number}"}


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


def test_a_consumer_that_is_named_is_imported_when_it_is_told(context: Context) -> None:
    named = {"order.placed": [NamedConsumer("no_such_room.consumers:on_order_placed")]}
    assert deliver(stream(happened(1, "order.seen")), named, context) == {"batchItemFailures": []}
    with pytest.raises(ModuleNotFoundError, match="no_such_room"):
        named["order.placed"][0](context, Event("order.placed", "evt_1", happened(1)))


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


def test_a_consumer_hears_only_of_events_that_somebody_declares() -> None:
    heard = {event for each in declared() for event in each.events}
    assert heard <= set(event_types())


def test_nobody_writes_an_event_name_by_hand() -> None:
    """A name that stands between quotes is found by no reader of its room's events."""
    names = set(event_types())
    for path in (ROOT / "chalicelib").rglob("*.py"):
        if path.name.endswith("events.py") or path in BY_HAND:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        written = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in names}
        assert not written, f"{path}: {written}"


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.name)
def test_every_consumer_is_found_by_its_name_and_takes_an_event(each: DeclaredConsumer) -> None:
    taken = [parameter.annotation for parameter in signature(NamedConsumer(each.name).consumer()).parameters.values()]
    assert taken == [Context, Event]


def test_what_a_package_carries_names_the_same_consumers(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {lane: subscriptions(lane) for lane in get_args(Lane)}
    carried = json.loads(json.dumps({"consumers": consumer_names()}))
    monkeypatch.setattr(events, "package_registry", lambda: carried)
    monkeypatch.setattr(events, "declared", lambda: pytest.fail("a package imports no consumer before its event"))
    subscriptions.cache_clear()
    assert {lane: subscriptions(lane) for lane in get_args(Lane)} == found
    subscriptions.cache_clear()


def test_every_consumer_hears_in_the_order_of_the_stream(context: Context) -> None:
    heard: list[tuple[str, str, Any]] = []
    first = lambda context, event: heard.append(("first", event.name, event.item["order_id"]))  # noqa: E731
    second = lambda context, event: heard.append(("second", event.name, event.item["order_id"]))  # noqa: E731
    answer = deliver(stream(happened(1), happened(2)), {"order.placed": [first, second]}, context)
    assert answer == {"batchItemFailures": []}
    assert [(who, order) for who, _, order in heard] == [
        ("first", "ord_1"),
        ("second", "ord_1"),
        ("first", "ord_2"),
        ("second", "ord_2"),
    ]


def test_an_event_is_known_by_the_same_id_at_every_delivery(context: Context) -> None:
    ids: list[str] = []
    for _ in range(2):
        deliver(stream(happened(1), happened(2)), {"order.placed": [lambda _, event: ids.append(event.id)]}, context)
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


def test_items_that_are_no_events_and_events_nobody_waits_for_pass_by(context: Context) -> None:
    plain = {"pk": "MEMBER#m", "sk": "PROFILE"}
    assert deliver(stream(plain, None, happened(1, "nobody.cares")), {}, context) == {"batchItemFailures": []}


@pytest.fixture
def no_queue(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure cannot be written down."""
    monkeypatch.setenv("FAILED_EVENTS_QUEUE_URL", "https://queues.example/none")
    settings.settings.cache_clear()


@pytest.mark.usefixtures("no_queue")
def test_the_stream_starts_again_at_the_event_whose_failure_cannot_be_written_down(context: Context) -> None:
    heard: list[str] = []

    def refuse_second(context: Context, event: Event) -> None:
        heard.append(event.item["order_id"])
        if event.item["order_id"] == "ord_2":
            raise ValueError("not today")

    answer = deliver(stream(happened(1), happened(2), happened(3)), {"order.placed": [refuse_second]}, context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert heard == ["ord_1", "ord_2"]


@pytest.mark.usefixtures("no_queue")
def test_such_a_first_record_is_raised_so_that_the_stream_halves_the_batch_around_it(context: Context) -> None:
    def refuse(context: Context, event: Event) -> None:
        raise ValueError("poison")

    with pytest.raises(ClientError, match=r"NonExistentQueue|does not exist"):
        deliver(stream(happened(1), happened(2)), {"order.placed": [refuse]}, context)
    alone = deliver(stream(happened(1)), {"order.placed": [refuse]}, context)
    assert alone == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_a_consumer_that_always_fails_keeps_no_other_from_its_work(context: Context) -> None:
    heard: Counter[str] = Counter()

    def named(name: str) -> Callable[[Context, Event], None]:
        def consume(context: Context, event: Event) -> None:
            heard[name] += 1
            if name == "third":
                raise ValueError("for ever")

        consume.__name__ = name
        return consume

    five = [named(name) for name in ("first", "second", "third", "fourth", "fifth")]
    for number in range(10):
        assert deliver(stream(happened(number)), {"order.placed": five}, context) == {"batchItemFailures": []}
    assert heard == {"first": 10, "second": 10, "third": 10, "fourth": 10, "fifth": 10}


def test_a_failure_is_written_down_with_the_key_of_its_event_and_logged(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(context: Context, event: Event) -> None:
        raise ValueError("not today")

    deliver(stream(happened(1)), {"order.placed": [fail]}, context)
    [message] = aws.sqs().receive_message(QueueUrl=settings.queue_url("failed-events"))["Messages"]
    assert json.loads(message["Body"]) == {
        "pk": "COMPANY#cmp_1",
        "sk": "EVENT#1",
        "event": "order.placed",
        "consumer": "tests.platform.test_events:fail",
        "at": context.at,
    }
    [logged] = caplog.records
    assert (logged.message, logged.sk) == ("consumer failed", "EVENT#1")  # type: ignore[attr-defined]


def test_only_the_messages_that_failed_come_again() -> None:
    def refuse_second(message: dict[str, Any]) -> None:
        if message["messageId"] == "two":
            raise ValueError("not today")

    batch = {"Records": [{"messageId": name} for name in ("one", "two", "three")]}
    assert each_message(batch, refuse_second) == {"batchItemFailures": [{"itemIdentifier": "two"}]}
