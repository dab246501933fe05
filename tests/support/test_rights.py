import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from unittest.mock import MagicMock

import pytest

from chalicelib.platform import aws as clients
from chalicelib.platform.settings import queue_url
from tests.support import rights

aws: Any = clients  # called without most of what they need
FILE = {"Bucket": "club-files", "Key": "exports/exp_1/companies.csv"}
CALLS: dict[str, tuple[str, Callable[[], Any]]] = {
    "s3:PutObject": ("export_tables", lambda: aws.s3().upload_fileobj(None, *FILE.values())),
    "s3:GetObject": ("api_handler", lambda: aws.s3().generate_presigned_url("get_object", Params=FILE)),
    "sqs:SendMessage": ("deliver_events", lambda: aws.sqs().send_message(QueueUrl=queue_url("exports"))),
    "sqs:ChangeMessageVisibility": (
        "redeliver_events",
        lambda: aws.sqs().change_message_visibility(QueueUrl=queue_url("failed-events")),
    ),
    "ses:SendEmail": ("send_letters", lambda: aws.ses().send_email()),
    "secretsmanager:GetSecretValue": ("list_calls_of", lambda: aws.secret()),
    "cognito-idp:AdminGetUser": ("api_handler", lambda: aws.cognito().admin_get_user()),
    "athena:GetQueryResults": ("answer_queries", lambda: aws.athena().get_paginator("get_query_results")),
    "glue:UpdateTable": ("refresh_datasets", lambda: aws.glue().update_table()),
    "dynamodb:DescribeExport": ("refresh_datasets", lambda: aws.dynamodb().describe_export()),
}


@pytest.fixture(autouse=True)
def any_client(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in rights.SERVICES:
        monkeypatch.setattr(aws, name, MagicMock())


@pytest.mark.parametrize("action", CALLS)
def test_a_function_whose_right_is_taken_away_ends_its_test(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, call = CALLS[action]
    with rights.running(function):
        call()
    left = copy.deepcopy(rights._statements(function))
    for statement in left:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    monkeypatch.setattr(rights, "_statements", lambda name: left)
    with rights.running(function), pytest.raises(pytest.fail.Exception, match=f"{function} has no right to {action}"):
        call()
    call()  # the test itself may


def test_a_right_to_a_folder_or_to_some_items_is_none_to_others() -> None:
    elsewhere = {"Key": {"pk": {"S": "COMPANY#cmp_1"}, "sk": {"S": "COMPANY"}}}
    with rights.running("deliver_webhooks"):
        aws.dynamodb().update_item(Key={"pk": {"S": "WEBHOOK#whk_1"}, "sk": {"S": "WEBHOOK"}})
        with pytest.raises(pytest.fail.Exception, match="UpdateItem on Table COMPANY#cmp_1"):
            aws.dynamodb().update_item(**elsewhere)
    with rights.running("export_tables"), pytest.raises(pytest.fail.Exception, match="/orders/ord_1"):
        aws.s3().put_object(Key="orders/ord_1")
    with rights.running("api_handler"), pytest.raises(pytest.fail.Exception, match="DeleteItem on Table LEDGER#cmp_1"):
        aws.dynamodb().delete_item(Key={"pk": {"S": "LEDGER#cmp_1"}})


def test_nothing_catches_a_refusal() -> None:
    def careless() -> None:
        with suppress(Exception):
            aws.ses().send_email()

    with rights.running("define_auth"), pytest.raises(pytest.fail.Exception):
        careless()
