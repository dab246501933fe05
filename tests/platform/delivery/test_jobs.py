"""Deliveries beside the stream: failed events, to the one consumer that failed; and events of many, by a queue of their own."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib import sales
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.delivery import jobs
from chalicelib.platform.delivery.long_runs import PAUSES
from chalicelib.platform.delivery.stream import deliver, failure
from chalicelib.platform.delivery.subscriptions import NamedConsumer, declared, subscriptions
from chalicelib.platform.events import BULK, MANY, Consumer, DeclaredConsumer, Event, Lane
from chalicelib.platform.settings import queue_url
from chalicelib.table.key import company_partition
from chalicelib.table.transactions import Item, to_wire
from infra.admin import main
from tests.sales.steps import invoice

CONSUMER = "orders.response_times.consumers:on_order_changed"


def record(context: Context, event: str, number: int = 1, company: str = "cmp_1") -> Item:
    """An event that happened."""
    item = {"pk": f"COMPANY#{company}", "sk": f"EVENT#{event}#{number}", "event": event, "at": context.at}
    context.table.put(item)
    return item


def tell(context: Context, *items: Item) -> None:
    """The stream, in both lanes."""
    batch = {
        "Records": [
            {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": to_wire(item)}}
            for number, item in enumerate(items)
        ]
    }
    for lane in get_args(Lane):
        assert deliver(batch, subscriptions(lane), context) == {"batchItemFailures": []}


def failures() -> list[dict[str, Any]]:
    """The messages of the queue, as its worker gets them."""
    found = []
    while received := (
        aws.sqs()
        .receive_message(
            QueueUrl=queue_url("failed-events"),
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        .get("Messages")
    ):
        found += [
            {
                "messageId": each["MessageId"],
                "receiptHandle": each["ReceiptHandle"],
                "body": each["Body"],
                "attributes": each["Attributes"],
            }
            for each in received
        ]
    return found


class Doubles:
    """Stand for all consumers: each notes what it was told, in an item, so that twice is as good as once."""

    def __init__(self, dead: str = "") -> None:
        self.dead = dead

    def of(self, later: NamedConsumer) -> Consumer:
        def consume(context: Context, event: Event) -> None:
            if later.name == self.dead:
                raise ValueError("for good")
            context.table.put({"pk": "EFFECT", "sk": f"{event.item['pk']} {event.item['sk']} {later.name}"})

        return consume

    @staticmethod
    def effects(context: Context) -> set[str]:
        return {item["sk"] for item in context.table.query_all("EFFECT", consistent=True)}


@pytest.fixture
def doubles(monkeypatch: pytest.MonkeyPatch) -> Doubles:
    stand = Doubles()
    monkeypatch.setattr(NamedConsumer, "consumer", lambda later: stand.of(later))
    return stand


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.name)
def test_whichever_consumer_fails_for_good_the_others_do_all_and_the_rest_is_made_up_for(
    each: DeclaredConsumer, context: Context, doubles: Doubles
) -> None:
    heard = sorted({event for consumer in declared() for event in consumer.events if {event} & {*each.events}})
    happened = [record(context, event, number) for number, event in enumerate(heard)]
    wanted = {
        f"{item['pk']} {item['sk']} {consumer.name}"
        for item in happened
        for consumer in declared()
        if item["event"] in consumer.events
    }
    doubles.dead = each.name
    tell(context, *happened)
    assert doubles.effects(context) == {effect for effect in wanted if not effect.endswith(f" {each.name}")}
    doubles.dead = ""
    told = failures()
    assert len(told) == len(happened)
    for message in told:
        jobs.redeliver_events(context, message)
    assert doubles.effects(context) == wanted


def test_a_poison_event_of_one_company_blocks_no_other(context: Context, doubles: Doubles) -> None:
    poison, healthy = record(context, "sale.recorded"), record(context, "sale.recorded", company="cmp_2")
    doubles.dead = "tiers.consumers:on_sale_recorded"
    tell(context, *([poison] * 3), healthy)
    assert len([effect for effect in doubles.effects(context) if effect.startswith("COMPANY#cmp_2 ")]) == (
        len(subscriptions("facts")["sale.recorded"]) - 1
    )


def test_only_the_consumer_that_failed_is_told_and_of_the_event_as_it_is_now(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        NamedConsumer,
        "consumer",
        lambda later: lambda context, event: heard.append((later.name, event.item.get("changed"))),
    )
    item = record(context, "order.placed")
    context.table.put({**item, "changed": True})
    jobs.redeliver_events(context, {"body": failure(item, CONSUMER, context.at)})
    assert heard == [(CONSUMER, True)]


@pytest.mark.parametrize("left", [None, {"event": "order.shipped"}, {}])
def test_an_event_that_is_gone_is_dropped_and_the_log_says_so(
    left: dict[str, str] | None, context: Context, doubles: Doubles, caplog: pytest.LogCaptureFixture
) -> None:
    doubles.dead = CONSUMER
    if left is not None:
        context.table.put({"pk": "COMPANY#cmp_1", "sk": "EVENT#1", **left})
    gone = {"pk": "COMPANY#cmp_1", "sk": "EVENT#1", "event": "order.placed"}
    jobs.redeliver_events(context, {"body": failure(gone, CONSUMER, context.at)})
    [logged] = caplog.records
    assert (logged.message, logged.consumer) == ("failed event is gone", CONSUMER)  # type: ignore[attr-defined]


def test_a_consumer_that_is_not_told_of_the_event_makes_the_message_fail(context: Context, doubles: Doubles) -> None:
    item = record(context, "order.placed")
    aws.sqs().send_message(QueueUrl=queue_url("failed-events"), MessageBody=failure(item, "os:system", context.at))
    (message,) = failures()
    with pytest.raises(LookupError, match=r"os:system is no consumer of order\.placed"):
        jobs.redeliver_events(context, message)


def test_each_failure_makes_the_next_pause_longer(
    context: Context, doubles: Doubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubles.dead = CONSUMER
    item = record(context, "order.placed")
    pauses: list[int] = []

    class Queue:
        def change_message_visibility(self, **request: Any) -> None:
            assert request["ReceiptHandle"] == "handle"
            pauses.append(request["VisibilityTimeout"])

    monkeypatch.setattr(aws, "sqs", Queue)
    for failed in range(1, len(PAUSES) + 2):
        message = {
            "body": failure(item, CONSUMER, context.at),
            "receiptHandle": "handle",
            "attributes": {"ApproximateReceiveCount": str(failed)},
        }
        with pytest.raises(ValueError, match="for good"):
            jobs.redeliver_events(context, message)
    assert pauses == [*PAUSES, PAUSES[-1]]


# --- many at once -----------------------------------------------------------------------------------------------------


def bulk_messages() -> list[str]:
    found: list[str] = []
    url = queue_url("bulk-events")
    while received := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [each["Body"] for each in received]
    return found


def in_bulk(context: Context, number: int, company: str) -> Item:
    item = {**record(context, "sale.recorded", number, company), "bulk": True}
    context.table.put(item)
    return item


def read(context: Context, *items: Item) -> Any:
    """As the reader of the facts does."""
    batch = {"Records": [{"dynamodb": {"SequenceNumber": "1", "NewImage": to_wire(item)}} for item in items]}
    return deliver(batch, subscriptions("facts"), context, bulk_waits=True)


def test_an_event_of_many_waits_in_a_queue_and_holds_up_no_other(context: Context, doubles: Doubles) -> None:
    many = [in_bulk(context, number, company) for number in range(40) for company in ("cmp_1", "cmp_2")]
    single = record(context, "sale.recorded", company="cmp_3")
    assert read(context, *many, single) == {"batchItemFailures": []}
    assert {effect.split()[0] for effect in doubles.effects(context)} == {"COMPANY#cmp_3"}
    messages = bulk_messages()
    assert len(messages) == 4
    assert sorted(len(json.loads(body)) for body in messages) == [5, 25, 25, 25]
    for body in messages:
        jobs.deliver_bulk(context, {"body": body})
    consumers = len(subscriptions("facts")["sale.recorded"])
    assert len(doubles.effects(context)) == (len(many) + 1) * consumers


def test_a_bulk_message_that_comes_again_is_split_so_that_an_event_that_ends_the_process_holds_up_no_other(
    context: Context, doubles: Doubles
) -> None:
    read(context, *(in_bulk(context, number, "cmp_1") for number in range(3)))
    (body,) = bulk_messages()
    jobs.deliver_bulk(context, {"body": body, "attributes": {"ApproximateReceiveCount": "2"}})
    assert not doubles.effects(context)
    alone = bulk_messages()
    assert sorted(len(json.loads(each)) for each in alone) == [1, 1, 1]
    for each in alone:
        jobs.deliver_bulk(context, {"body": each, "attributes": {"ApproximateReceiveCount": "2"}})
    assert len(doubles.effects(context)) == 3 * len(subscriptions("facts")["sale.recorded"])


def test_a_consumer_fails_alone_in_bulk_too(context: Context, doubles: Doubles) -> None:
    read(context, *(in_bulk(context, number, "cmp_1") for number in range(3)))
    doubles.dead = "tiers.consumers:on_sale_recorded"
    for body in bulk_messages():
        jobs.deliver_bulk(context, {"body": body})
    assert len(doubles.effects(context)) == 3 * (len(subscriptions("facts")["sale.recorded"]) - 1)
    doubles.dead = ""
    for message in failures():
        jobs.redeliver_events(context, message)
    assert len(doubles.effects(context)) == 3 * len(subscriptions("facts")["sale.recorded"])


def test_one_message_makes_a_companys_standing_once(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    monkeypatch.setattr(NamedConsumer, "consumer", lambda later: lambda context, event: batches.append(id(event.batch)))
    read(context, *(in_bulk(context, number, "cmp_1") for number in range(25)))
    (body,) = bulk_messages()
    jobs.deliver_bulk(context, {"body": body})
    assert len(set(batches)) == 1


def test_where_the_queue_takes_nothing_the_whole_batch_comes_again(
    context: Context, doubles: Doubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULK_EVENTS_QUEUE_URL", "https://queues.example/none")
    with pytest.raises(ClientError):
        read(context, record(context, "sale.recorded"), in_bulk(context, 2, "cmp_2"))
    assert doubles.effects(context) == set()


@pytest.mark.parametrize(("documents", "marked"), [(MANY, 0), (MANY + 1, MANY + 1)])
def test_more_documents_than_a_person_would_wait_for_are_many(context: Context, documents: int, marked: int) -> None:
    sales.record(context, [invoice(f"A-{number}") for number in range(documents)])
    found = [
        item for item in context.table.query_all(company_partition("cmp_1")) if item.get("event") == "sale.recorded"
    ]
    assert len(found) == documents
    assert sum(BULK in item for item in found) == marked


# --- by command -------------------------------------------------------------------------------------------------------


def command(*more: str) -> list[str]:
    return ["redeliver", "--queue", queue_url("failed-events"), *more]


def told() -> set[tuple[str, str, str]]:
    return {(body["pk"], body["event"], body["consumer"]) for body in (json.loads(each["body"]) for each in failures())}


def test_one_event_is_delivered_again_to_all_or_to_one(context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    item = record(context, "order.placed")
    by_key = command("--table", "club", "--pk", item["pk"], "--sk", item["sk"])
    assert main(by_key) == 0
    every = {each.name for each in declared() if "order.placed" in each.events}
    assert {consumer for _, _, consumer in told()} == every
    assert capsys.readouterr().out == f"{len(every)} deliveries are on their way.\n"
    assert main([*by_key, "--consumer", CONSUMER]) == 0
    assert told() == {("COMPANY#cmp_1", "order.placed", CONSUMER)}
    assert main([*by_key, "--consumer", "tiers.consumers:on_sale_recorded"]) == 1
    assert "is not told of order.placed; told are: " in capsys.readouterr().err
    assert main(command("--table", "club", "--pk", "COMPANY#cmp_1", "--sk", "EVENT#none")) == 1
    assert "No event has the key" in capsys.readouterr().err


def test_all_of_a_kind_since_a_moment_are_delivered_again(context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = replace(context, now=context.now - timedelta(days=1))
    record(earlier, "order.placed", 1, "cmp_old")
    record(context, "order.placed", 2, "cmp_new")
    record(context, "order.accepted", 3, "cmp_other")
    asked = command("--table", "club", "--event", "order.placed", "--since", "2026-11-20T09:00:00Z")
    assert main([*asked, "--consumer", CONSUMER]) == 0
    assert told() == {("COMPANY#cmp_new", "order.placed", CONSUMER)}
    nobody = command("--table", "club", "--event", "order.paid", "--since", "2026-11-20T09:00:00Z")
    assert main(nobody) == 1
    assert "Nobody is told of order.paid." in capsys.readouterr().err
    assert main(command("--table", "club")) == 2


def test_dead_letters_go_back_to_the_queue(context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    dead = boto3.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    item = record(context, "order.placed")
    for number in range(12):
        boto3.client("sqs").send_message(QueueUrl=dead, MessageBody=failure(item, f"c{number}", context.at))
    assert main(command("--dead-letters", dead)) == 0
    assert len(told()) == 12
    assert capsys.readouterr().out == "12 deliveries are on their way.\n"
    assert main(command("--dead-letters", dead)) == 0
    assert told() == set()
