"""The clients, as AWS in any region takes their requests."""

import ast
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.platform import aws
from infra.build import ROOT


@pytest.fixture
def region(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", request.param)
    aws.forget_clients()
    yield request.param
    aws.forget_clients()


@pytest.mark.parametrize("region", ["eu-central-1", "me-central-1", "ap-southeast-7"], indirect=True)
def test_a_signed_address_names_the_bucket_in_its_own_region(region: str) -> None:
    """The global host sends a new bucket's caller elsewhere with a 307, where the signature does not match; newer regions answer 400."""
    where = {"Bucket": "club-files", "Key": "imports/1/upload"}
    download = aws.s3().generate_presigned_url("get_object", Params=where)
    upload = aws.s3().generate_presigned_post(where["Bucket"], where["Key"])
    assert {urlsplit(each).hostname for each in (download, upload["url"])} == {f"club-files.s3.{region}.amazonaws.com"}
    assert f"%2F{region}%2Fs3%2Faws4_request" in download
    assert f"/{region}/s3/aws4_request" in upload["fields"]["x-amz-credential"]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The bodies that are sent to a DynamoDB which loses the first of every two answers."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.forget_clients()
    sent: list[bytes] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request.body)
        if len(sent) % 2:
            raise ReadTimeoutError(endpoint_url=request.url)
        return AWSResponse(request.url, 200, {}, SimpleNamespace(stream=lambda **_: iter([b"{}"])))

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", lambda _, request: answer(request))
    yield sent
    aws.forget_clients()


def test_a_transaction_is_sent_as_the_sdk_writes_it_and_after_a_lost_answer_once_more(requests: list[bytes]) -> None:
    item = {
        "pk": {"S": "ДОК#\ud83d"},  # half a sign, as a program cut it
        "bytes": {"B": b"\x00\xff"},
        "more": {"M": {"several": {"BS": [b"a"]}, "names": {"SS": ["б"]}, "none": {"NULL": True}}},
        "lines": {"L": [{"N": "1.50"}, {"BOOL": False}]},
    }
    put: Any = {"Put": {"TableName": "club", "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
    aws.dynamodb().transact_write_items(TransactItems=[put])
    plain = boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9")
    token = json.loads(requests[0])["ClientRequestToken"]
    plain.transact_write_items(TransactItems=[put], ClientRequestToken=token)
    first, second, usual, _ = requests
    assert first == second
    assert json.loads(first) == json.loads(usual)


def test_every_client_is_made_in_one_place() -> None:
    """So whoever signs an address does it with the client above."""
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "chalicelib").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("boto3.client", "boto3.resource", "boto3.Session")
    }
    assert makers == {"chalicelib/platform/aws.py"}
