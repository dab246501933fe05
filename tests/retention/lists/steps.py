"""Managers and their lists, for tests."""

from typing import Any

from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_url
from chalicelib.retention.lists import jobs, service
from chalicelib.retention.lists.model import CallList


def listed(context: Context, manager_id: str) -> CallList:
    return service.make(context, manager_id)


def companies_of(found: CallList) -> list[str]:
    return [call.company_id for call in found.calls]


def morning(context: Context) -> dict[str, Any]:
    """The morning's run, and its queue worked off."""
    facts = jobs.morning_calls(context, {})
    url = queue_url("calls")
    while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            jobs.list_calls_of(context, {"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return facts
