"""The account in memory answers as moto's own does, which it hurries."""

from typing import Any

import pytest
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError
from moto.dynamodb.comparisons import ConditionExpressionParser

from chalicelib.platform import aws
from tests.support.account import over_http, parse_anew


@pytest.fixture
def client(account: None) -> Any:
    return aws.dynamodb()


def item(pk: str, sk: str, **attributes: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **attributes}


def whole_table(client: Any) -> list[Any]:
    return client.scan(TableName="club")["Items"]


def test_a_transaction_that_fails_leaves_every_item_as_it_was(client: Any) -> None:
    kept = [item("A", "1", n={"N": "1"}, inside={"M": {"deep": {"L": [{"N": "1"}]}}}), item("A", "2"), item("B", "1")]
    for each in kept:
        client.put_item(TableName="club", Item=each)
    update = {
        "TableName": "club",
        "Key": item("A", "1"),
        "UpdateExpression": "SET n = :two, inside.deep[0] = :two",
        "ExpressionAttributeValues": {":two": {"N": "2"}},
    }
    fails = {"TableName": "club", "Key": item("B", "1"), "ConditionExpression": "attribute_not_exists(pk)"}
    put, delete = {"TableName": "club", "Item": item("C", "1")}, {"TableName": "club", "Key": item("A", "2")}
    steps = [{"Update": update}, {"Put": put}, {"Delete": delete}]
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=[*steps, {"ConditionCheck": fails}])
    assert whole_table(client) == kept

    client.transact_write_items(TransactItems=steps)
    assert whole_table(client) == [
        item("A", "1", n={"N": "2"}, inside={"M": {"deep": {"L": [{"N": "2"}]}}}),
        item("B", "1"),
        item("C", "1"),
    ]


def test_a_query_gives_its_partition_in_order_and_an_index_all_that_it_holds(client: Any) -> None:
    for pk, sk, at in (("B", "2", "1"), ("A", "9", "3"), ("A", "10", "2"), ("B", "1", "")):
        indexed = {"gsi1pk": {"S": "X"}, "gsi1sk": {"S": at}} if at else {}
        client.put_item(TableName="club", Item=item(pk, sk, **indexed))

    def found(name: str, value: str, **more: Any) -> list[tuple[str, str]]:
        values = {":value": {"S": value}}
        asked = {"KeyConditionExpression": f"{name} = :value", "ExpressionAttributeValues": values, **more}
        return [(each["pk"]["S"], each["sk"]["S"]) for each in client.query(TableName="club", **asked)["Items"]]

    assert found("pk", "A") == [("A", "10"), ("A", "9")]
    assert found("pk", "A", ScanIndexForward=False, Limit=1) == [("A", "9")]
    assert found("pk", "nobody") == []
    assert found("gsi1pk", "X", IndexName="gsi1") == [("B", "2"), ("A", "10"), ("A", "9")]


def test_every_kind_of_value_comes_back_as_it_was_put(client: Any) -> None:
    kinds = {
        "string": {"S": ""},
        "number": {"N": "1.50"},
        "flag": {"BOOL": False},
        "nothing": {"NULL": True},
        "bytes": {"B": b"\x00\xff"},
        "many_bytes": {"BS": [b"1", b"2"]},
        "strings": {"SS": ["a", "b"]},
        "numbers": {"NS": ["1", "2"]},
        "list": {"L": [{"S": "a"}, {"M": {"bytes": {"B": b"\xff"}}}, {"L": []}]},
        "map": {"M": {"empty": {"M": {}}, "number": {"N": "2"}}},
    }
    client.put_item(TableName="club", Item=item("A", "1", **kinds))
    assert client.get_item(TableName="club", Key=item("A", "1"))["Item"] == item("A", "1", **kinds)
    assert whole_table(client) == [item("A", "1", **kinds)]


def answer(client: Any, operation: str, **asked: Any) -> Any:
    """What the caller sees, be it a refusal, without the numbers of the request."""
    try:
        seen = getattr(client, operation)(**asked)
    except ClientError as error:
        seen = {**error.response, "class": type(error).__name__}
    return {name: value for name, value in seen.items() if name != "ResponseMetadata"}


def test_a_request_past_http_is_answered_and_refused_as_over_http(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key, missing = item("A", "1"), {"ConditionExpression": "attribute_not_exists(pk) OR (#n > :n AND size(#n) = :n)"}
    missing |= {"ExpressionAttributeNames": {"#n": "n"}, "ExpressionAttributeValues": {":n": {"N": "1"}}}
    put = {"TableName": "club", "Item": item("A", "1", n={"N": "1"}, bytes={"B": b"\xff"})}
    asked = {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "A"}}}
    update = {"UpdateExpression": "SET #n = #n + :n, #m = if_not_exists(#m, :n) REMOVE bytes"}
    update |= {"ExpressionAttributeNames": {"#n": "n", "#m": "m"}, "ExpressionAttributeValues": {":n": {"N": "1"}}}
    requests: list[tuple[str, dict[str, Any]]] = [
        ("put_item", put),
        ("put_item", {**put, **missing, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
        ("get_item", {"TableName": "club", "Key": key, "ReturnConsumedCapacity": "TOTAL"}),
        ("get_item", {"TableName": "nothing", "Key": key}),
        ("query", {"TableName": "club", **asked}),
        ("query", {"TableName": "club", **asked, "KeyConditionExpression": "pk = "}),
        ("batch_get_item", {"RequestItems": {"club": {"Keys": [key, item("B", "1")]}}}),
        (
            "transact_write_items",
            {"TransactItems": [{"Put": put}, {"Delete": {"TableName": "club", "Key": item("C", "1")}}]},
        ),
        ("transact_write_items", {"TransactItems": [{"Put": {**put, **missing}}]}),
        ("update_item", {"TableName": "club", "Key": key, **update, "ReturnValues": "ALL_NEW"}),
        ("update_item", {"TableName": "club", "Key": key, **update, "UpdateExpression": "SET n = n, n = :n"}),
        ("transact_write_items", {"TransactItems": [{"Update": {"TableName": "club", "Key": key, **update}}]}),
        ("query", {"TableName": "club", **asked, "Limit": 1, "ReturnConsumedCapacity": "INDEXES"}),
        ("scan", {"TableName": "club", "Limit": 1}),
        ("transact_get_items", {"TransactItems": [{"Get": {"TableName": "club", "Key": key}}]}),
        ("delete_item", {"TableName": "club", "Key": key, "ReturnValues": "ALL_OLD"}),
        ("batch_write_item", {"RequestItems": {"club": [{"PutRequest": {"Item": put["Item"]}}]}}),
        ("delete_item", {"TableName": "club", "Key": key}),
    ]
    at_once = [answer(client, operation, **request) for operation, request in requests]
    monkeypatch.setattr(Endpoint, "make_request", over_http)
    assert at_once == [answer(client, operation, **request) for operation, request in requests]
    assert [each["class"] for each in at_once if "class" in each] == [
        "ConditionalCheckFailedException",
        "ResourceNotFoundException",
        "ClientError",
        "TransactionCanceledException",
        "ClientError",
    ]
    assert at_once[2]["Item"]["bytes"] == {"B": b"\xff"}


@pytest.mark.parametrize(
    "expression",
    [
        "attribute_not_exists(pk) OR (#n > :n AND NOT size(#n) = :n)",
        "#n BETWEEN :n AND :m OR #n IN (:n, :m)",
        "begins_with(inside.#n, :n) AND #n <> :m",
        "#n = :nothing",
        "#nothing = :n",
        "size = :n AND",
    ],
)
def test_a_condition_is_read_as_moto_reads_it(expression: str) -> None:
    for number in "1", "2":  # the second time as it was kept
        values = {":n": {"N": number}, ":m": {"S": number}}

        def read(parse: Any, values: Any = values) -> Any:
            parser = ConditionExpressionParser(expression, {"#n": "name"}, values)
            try:
                return repr(parse(parser)), parser.expr_attr_names_found, parser.expr_attr_values_found
            except Exception as error:
                return repr(error)

        assert read(ConditionExpressionParser.parse) == read(parse_anew)
