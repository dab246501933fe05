"""AWS answers that too much is asked at once: the caller is told to come again, and nothing is said to be broken."""

from typing import Any

import pytest
from botocore.stub import Stubber

from chalicelib.auth import sessions
from chalicelib.auth.sessions import Sessions
from chalicelib.platform import aws
from tests.support.api import Api, Caller

ANNA = Caller.person("mbr_anna", "company", "owner", "cmp_1")


def answered_when(api: Api, client: Any, call: str, code: str, method: str, path: str, **request: Any) -> Any:
    with Stubber(client) as stub:
        stub.add_client_error(call, code, http_status_code=400)
        answer = api.call(method, path, **request)
    return answer.status, answer.json["code"], answer.headers.get("retry-after")


@pytest.mark.parametrize(
    ("call", "method", "path", "request_"),
    [
        ("query", "GET", "/v1/me", {"caller": ANNA}),
        ("get_item", "GET", "/v1/orders/ord_1", {"caller": ANNA}),
        ("update_item", "POST", "/v1/sign-in", {"body": {"email": "anna@example.com"}}),
    ],
)
@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionInProgressException",
    ],
)
def test_a_throttled_read_or_write_of_one_item_is_no_fault_of_ours(
    api: Api, call: str, method: str, path: str, request_: dict[str, Any], code: str
) -> None:
    answer = answered_when(api, aws.dynamodb(), call, code, method, path, **request_)
    assert answer == (503, "busy", "1")


def test_so_is_a_sign_in_for_which_cognito_has_no_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "of_the_stack", lambda: Sessions(aws.cognito(), "us-east-1_pool", "client"))
    asked = {"body": {"refresh_token": "r" * 40}}
    throttled = ("TooManyRequestsException", "POST", "/v1/sign-in/refresh")
    assert answered_when(api, aws.cognito(), "admin_initiate_auth", *throttled, **asked) == (503, "busy", "1")


def test_any_other_error_of_aws_is_one(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    status, code, _ = answered_when(
        api, aws.dynamodb(), "query", "ResourceNotFoundException", "GET", "/v1/me", caller=ANNA
    )
    assert (status, code) == (500, "internal")
