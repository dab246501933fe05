"""Events are delivered in order, and never lost by a failure."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.platform import aws, settings
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import deliver, each_message
from chalicelib.platform.delivery.subscriptions import NamedConsumer
from chalicelib.platform.events import Event
from chalicelib.table.transactions import to_wire


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


def test_a_consumer_that_is_named_is_imported_when_it_is_told(context: Context) -> None:
    named = {"order.placed": [NamedConsumer("no_such_room.consumers:on_order_placed")]}
    assert deliver(stream(happened(1, "order.seen")), named, context) == {"batchItemFailures": []}
    with pytest.raises(ModuleNotFoundError, match="no_such_room"):
        named["order.placed"][0](context, Event("order.placed", "evt_1", happened(1)))


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
        "consumer": "tests.platform.delivery.test_stream:fail",
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
