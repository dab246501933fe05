"""The table's client: one call per question, patience with others, and no patience with a refusal."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber

from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.client import Page, Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Busy, Refused, Transaction
from tests.support.account import over_http

ANNA = Key("MEMBER#anna", "PROFILE")


class Watched:
    """A table that counts its calls and its pauses."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.calls: list[str] = []
        client = aws.dynamodb()
        client.meta.events.register("before-call.dynamodb", lambda model, **_: self.calls.append(model.name))
        self.table = Table(client, "club", sleep=self.pauses.append, jitter=lambda: 1.0)


@pytest.fixture
def watched(context: Context) -> Watched:
    return Watched()


@pytest.fixture
def stubbed(watched: Watched) -> Iterator[Stubber]:
    """DynamoDB that answers what the test says, in that order."""
    with Stubber(watched.table.client) as stubber:
        yield stubber


def fill(table: Table, count: int, pk: str = "LIST") -> None:
    for number in range(count):
        key = Key(pk, f"{number:03d}")
        table.put({**key.as_item(), **Key("INDEX", f"{count - number:03d}").as_gsi1(), "number": number})


def cancelled(*codes: str, **more: Any) -> dict[str, Any]:
    reasons = [{"Code": code} for code in codes]
    return {
        "service_error_code": "TransactionCanceledException",
        "modeled_fields": {"CancellationReasons": reasons},
        **more,
    }


# --- reading ----------------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_none(watched: Watched) -> None:
    assert watched.table.get(ANNA) is None
    assert watched.calls == ["GetItem"]


def test_many_are_read_in_calls_of_a_hundred_and_asked_for_once_each(watched: Watched) -> None:
    fill(watched.table, 120)
    wanted = [Key("LIST", f"{number:03d}") for number in range(150)]
    watched.calls.clear()
    found = watched.table.get_many([*wanted, *wanted])
    assert sorted(key.sk for key in found) == [f"{number:03d}" for number in range(120)]
    assert watched.calls == ["BatchGetItem", "BatchGetItem"]
    assert watched.table.get_many([]) == {}


def test_of_many_items_some_attributes_only(watched: Watched) -> None:
    fill(watched.table, 2)
    key = Key("LIST", "001")
    assert watched.table.get_many([key], only=["number"]) == {key: {**key.as_item(), "number": 1}}


def test_keys_that_were_left_over_are_asked_again_after_a_pause(watched: Watched, stubbed: Stubber) -> None:
    wired = {"pk": {"S": ANNA.pk}, "sk": {"S": ANNA.sk}}
    stubbed.add_response("batch_get_item", {"Responses": {"club": []}, "UnprocessedKeys": {"club": {"Keys": [wired]}}})
    stubbed.add_response("batch_get_item", {"Responses": {"club": [wired]}, "UnprocessedKeys": {}})
    assert list(watched.table.get_many([ANNA])) == [ANNA]
    assert watched.pauses == [0.02]


def test_large_items_of_one_partition_come_one_by_one_without_a_pause(watched: Watched, stubbed: Stubber) -> None:
    """DynamoDB brings 1 MB of a partition at a time: of the largest items, two."""
    wanted = [Key("LIST", f"{number:03d}") for number in range(20)]
    wired = [{"pk": {"S": key.pk}, "sk": {"S": key.sk}} for key in wanted]
    for number in range(20):
        left = {"club": {"Keys": wired[number + 1 :]}} if number < 19 else {}
        stubbed.add_response("batch_get_item", {"Responses": {"club": [wired[number]]}, "UnprocessedKeys": left})
    assert list(watched.table.get_many(wanted)) == wanted
    assert watched.pauses == []


def test_keys_that_stay_left_over_are_told(watched: Watched, stubbed: Stubber) -> None:
    wired = {"pk": {"S": ANNA.pk}, "sk": {"S": ANNA.sk}}
    for _ in range(6):
        stubbed.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": {"club": {"Keys": [wired]}}})
    with pytest.raises(Busy, match="1 keys stayed unread"):
        watched.table.get_many([ANNA])


def test_a_page_says_where_to_go_on(watched: Watched) -> None:
    fill(watched.table, 5)
    first = watched.table.query("LIST", limit=3)
    assert [item["number"] for item in first.items] == [0, 1, 2]
    assert first.last == {"pk": "LIST", "sk": "002"}
    second = watched.table.query("LIST", limit=3, after=first.last)
    assert [item["number"] for item in second.items] == [3, 4]
    assert second.last is None


def test_newest_first_turns_the_order(watched: Watched) -> None:
    fill(watched.table, 3)
    assert [item["number"] for item in watched.table.query("LIST", newest_first=True).items] == [2, 1, 0]


def test_a_prefix_and_a_range_narrow_the_question(watched: Watched) -> None:
    fill(watched.table, 12)
    assert [item["number"] for item in watched.table.query("LIST", starts="01").items] == [10, 11]
    assert [item["number"] for item in watched.table.query("LIST", between=("003", "005")).items] == [3, 4, 5]


def test_a_range_that_ends_before_it_begins_holds_nothing_and_is_not_asked_for(watched: Watched) -> None:
    fill(watched.table, 12)
    watched.calls.clear()
    assert watched.table.query("LIST", between=("005", "003")) == Page([], None)
    assert watched.calls == []
    assert [item["number"] for item in watched.table.query("LIST", between=("003", "003")).items] == [3]


def test_an_index_has_its_own_order_and_its_own_position(watched: Watched) -> None:
    fill(watched.table, 5)
    first = watched.table.query("INDEX", index="gsi1", limit=2)
    assert [item["number"] for item in first.items] == [4, 3]
    assert first.last
    assert set(first.last) == {"pk", "sk", "gsi1pk", "gsi1sk"}
    assert [item["number"] for item in watched.table.query("INDEX", index="gsi1", after=first.last).items] == [2, 1, 0]


def test_what_is_filtered_was_read_all_the_same(watched: Watched) -> None:
    fill(watched.table, 4)
    page = watched.table.query("LIST", limit=2, where=Attr("number").gte(1))
    assert [item["number"] for item in page.items] == [1]
    assert page.last


def test_a_question_may_ask_for_some_attributes_only(watched: Watched) -> None:
    fill(watched.table, 4)
    page = watched.table.query("LIST", where=Attr("number").gte(2), only=("sk", "number"))
    assert page.items == [{"sk": "002", "number": 2}, {"sk": "003", "number": 3}]


def test_all_pages_come_one_after_the_other(watched: Watched) -> None:
    fill(watched.table, 5)
    watched.calls.clear()
    everything = watched.table.query_all("LIST", limit=2)
    assert next(everything)["number"] == 0
    assert watched.calls == ["Query"]
    assert [item["number"] for item in everything] == [1, 2, 3, 4]
    assert watched.calls == ["Query"] * 3


# --- one item ---------------------------------------------------------------------------------------------------------


def test_an_update_answers_the_item_as_it_is_then(watched: Watched) -> None:
    watched.table.update(ANNA, put={"name": "Anna"}, add={"count": 1})
    assert watched.table.update(ANNA, add={"count": 1}, default={"name": "x"}) == ANNA.as_item() | {
        "name": "Anna",
        "count": 2,
    }


def test_a_refused_write_shows_what_stood_in_its_way(watched: Watched) -> None:
    watched.table.put(ANNA.as_item() | {"version": 1}, when=Attr("pk").not_exists())
    writes: list[Callable[[], Any]] = [
        lambda: watched.table.put(ANNA.as_item(), when=Attr("pk").not_exists()),
        lambda: watched.table.update(ANNA, put={"version": 3}, when=Attr("version").eq(2)),
    ]
    for write in writes:
        with pytest.raises(Refused) as refused:
            write()
        assert refused.value.items == {"": ANNA.as_item() | {"version": 1}}


def test_a_write_waits_while_a_transaction_holds_its_item(watched: Watched, stubbed: Stubber) -> None:
    stubbed.add_client_error("update_item", "TransactionConflictException")
    stubbed.add_client_error("update_item", "TransactionConflictException")
    stubbed.add_response("update_item", {"Attributes": {"count": {"N": "1"}}})
    assert watched.table.update(ANNA, add={"count": 1}) == {"count": 1}
    assert watched.pauses == [0.02, 0.04]


def test_a_write_does_not_wait_for_ever(watched: Watched, stubbed: Stubber) -> None:
    for _ in range(6):
        stubbed.add_client_error("put_item", "TransactionConflictException")
    with pytest.raises(Busy):
        watched.table.put(ANNA.as_item())


def test_a_write_of_nothing_is_a_mistake(watched: Watched) -> None:
    with pytest.raises(ValueError, match="changes nothing"):
        watched.table.update(ANNA)


# --- transactions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def two() -> Transaction:
    tx = Transaction()
    tx.put(ANNA.as_item(), label="anna")
    tx.put(Key("MEMBER#boris", "PROFILE").as_item(), label="boris")
    return tx


def test_a_transaction_is_one_call(watched: Watched, two: Transaction) -> None:
    watched.table.commit(two)
    assert watched.calls == ["TransactWriteItems"]


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_conflict_with_others_is_tried_again_with_growing_pauses(
    watched: Watched, stubbed: Stubber, two: Transaction, code: str
) -> None:
    for _ in range(2):
        stubbed.add_client_error("transact_write_items", **cancelled("None", code))
    stubbed.add_response("transact_write_items", {})
    watched.table.commit(two)
    assert watched.pauses == [0.02, 0.04]


def test_a_conflict_that_does_not_end_is_told(watched: Watched, stubbed: Stubber, two: Transaction) -> None:
    for _ in range(6):
        stubbed.add_client_error("transact_write_items", **cancelled("TransactionConflict", "None"))
    with pytest.raises(Busy):
        watched.table.commit(two)


def test_a_refusal_counts_more_than_a_conflict(watched: Watched, stubbed: Stubber, two: Transaction) -> None:
    stubbed.add_client_error("transact_write_items", **cancelled("TransactionConflict", "ConditionalCheckFailed"))
    with pytest.raises(Refused) as refused:
        watched.table.commit(two)
    assert refused.value.items == {"boris": None}
    assert watched.pauses == []


def test_a_mistake_in_the_transaction_is_not_tried_again(watched: Watched, stubbed: Stubber, two: Transaction) -> None:
    stubbed.add_client_error("transact_write_items", **cancelled("ValidationError", "None"))
    with pytest.raises(ClientError):
        watched.table.commit(two)
    assert watched.pauses == []


def test_a_repeat_by_the_sdk_is_known_as_a_repeat(
    watched: Watched, two: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost reply makes the SDK send again; DynamoDB sees the same token and does not write twice."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setattr(Endpoint, "make_request", over_http)
    tokens: list[str] = []

    def lose_the_first_reply(request: Any, **_: Any) -> None:
        tokens.append(json.loads(request.body)["ClientRequestToken"])
        if len(tokens) == 1:
            raise ReadTimeoutError(endpoint_url=request.url)

    watched.table.client.meta.events.register_first("before-send.dynamodb.TransactWriteItems", lose_the_first_reply)
    watched.table.commit(two)
    assert len(tokens) == 2
    assert tokens[0] == tokens[1]


def test_items_take_the_place_of_those_that_a_question_finds(watched: Watched) -> None:
    table = watched.table

    def items(*names: str) -> list[dict[str, Any]]:
        return [{"pk": "CLUB", "sk": name, "of": ",".join(names)} for name in names]

    for each in items("A#1", "A#2", "B#1"):
        table.put(each)
    for _ in range(2):
        table.replace("CLUB", iter(items("A#2", "A#3")), starts="A#")
    assert [(each["sk"], each["of"]) for each in table.query_all("CLUB")] == [
        ("A#2", "A#2,A#3"),
        ("A#3", "A#2,A#3"),
        ("B#1", "A#1,A#2,B#1"),
    ]
    table.replace("CLUB", [], starts="A#")
    assert [each["sk"] for each in table.query_all("CLUB")] == ["B#1"]
