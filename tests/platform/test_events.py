"""Events: written with their cause, delivered in order, and never lost by a failure."""

from inspect import signature
from itertools import chain
from typing import Any

import pytest

from app import LETTERS, SUBSCRIPTIONS
from chalicelib.orders.events import PLACED
from chalicelib.platform.events import Event, Later, Subscriptions, deliver, each_message, record, subscriptions
from chalicelib.platform.work import Work
from chalicelib.table import Key, Transaction
from chalicelib.table.transactions import to_wire

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


def test_an_event_lies_beside_what_it_happened_to_and_goes_in_its_transaction(work: Work) -> None:
    tx = Transaction()
    record(tx, work, COMPANY, PLACED, order_id="ord_1", lines=2)
    assert list(work.table.query_all(COMPANY.pk)) == []
    work.table.commit(tx)
    [item] = work.table.query_all(COMPANY.pk)
    assert item == {
        "pk": "COMPANY#cmp_1",
        "sk": "EVENT#2026-11-20T09:00:00.000Z#evt_0001",
        "event": "order.placed",
        "at": "2026-11-20T09:00:00.000Z",
        "expires_at": work.expiry(days=400),
        "order_id": "ord_1",
        "lines": 2,
    }


def test_a_consumer_that_is_named_is_imported_when_it_is_told(work: Work) -> None:
    named = subscriptions({"order.placed": ["no_such_room:on_order_placed"]})
    assert deliver(stream(happened(1, "order.seen")), named, work) == {"batchItemFailures": []}
    with pytest.raises(ModuleNotFoundError, match="no_such_room"):
        named["order.placed"][0](work, Event("order.placed", "evt_1", happened(1)))


@pytest.mark.parametrize("table", [SUBSCRIPTIONS, LETTERS])
def test_every_consumer_that_is_named_is_there_and_takes_an_event(table: Subscriptions) -> None:
    for named in chain.from_iterable(table.values()):
        assert isinstance(named, Later)
        taken = [each.annotation for each in signature(named.consumer()).parameters.values()]
        assert taken == [Work, Event], named.name


def test_every_consumer_hears_in_the_order_of_the_stream(work: Work) -> None:
    heard: list[tuple[str, str, Any]] = []
    first = lambda work, event: heard.append(("first", event.name, event.item["order_id"]))  # noqa: E731
    second = lambda work, event: heard.append(("second", event.name, event.item["order_id"]))  # noqa: E731
    answer = deliver(stream(happened(1), happened(2)), {"order.placed": [first, second]}, work)
    assert answer == {"batchItemFailures": []}
    assert [(who, order) for who, _, order in heard] == [
        ("first", "ord_1"),
        ("second", "ord_1"),
        ("first", "ord_2"),
        ("second", "ord_2"),
    ]


def test_an_event_is_known_by_the_same_id_at_every_delivery(work: Work) -> None:
    ids: list[str] = []
    for _ in range(2):
        deliver(stream(happened(1), happened(2)), {"order.placed": [lambda _, event: ids.append(event.id)]}, work)
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


def test_items_that_are_no_events_and_events_nobody_waits_for_pass_by(work: Work) -> None:
    plain = {"pk": "MEMBER#m", "sk": "PROFILE"}
    assert deliver(stream(plain, None, happened(1, "nobody.cares")), {}, work) == {"batchItemFailures": []}


def test_the_stream_starts_again_at_the_event_that_failed(work: Work) -> None:
    heard: list[str] = []

    def refuse_second(work: Work, event: Event) -> None:
        heard.append(event.item["order_id"])
        if event.item["order_id"] == "ord_2":
            raise ValueError("not today")

    answer = deliver(stream(happened(1), happened(2), happened(3)), {"order.placed": [refuse_second]}, work)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert heard == ["ord_1", "ord_2"]


def test_a_failing_first_record_is_raised_so_that_the_stream_halves_the_batch_around_it(work: Work) -> None:
    def refuse(work: Work, event: Event) -> None:
        raise ValueError("poison")

    with pytest.raises(ValueError, match="poison"):
        deliver(stream(happened(1), happened(2)), {"order.placed": [refuse]}, work)
    alone = deliver(stream(happened(1)), {"order.placed": [refuse]}, work)
    assert alone == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_only_the_messages_that_failed_come_again() -> None:
    def refuse_second(message: dict[str, Any]) -> None:
        if message["messageId"] == "two":
            raise ValueError("not today")

    batch = {"Records": [{"messageId": name} for name in ("one", "two", "three")]}
    assert each_message(batch, refuse_second) == {"batchItemFailures": [{"itemIdentifier": "two"}]}


def test_a_failure_is_logged_with_where_it_happened(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    def fail(work: Work, event: Event) -> None:
        raise ValueError("not today")

    deliver(stream(happened(1)), {"order.placed": [fail]}, work)
    [logged] = caplog.records
    assert (logged.message, logged.sk) == ("event not delivered", "EVENT#1")  # type: ignore[attr-defined]
