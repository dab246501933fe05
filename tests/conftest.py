"""Fixtures of all tests: an empty table on moto or on the local cloud, a fixed moment, the API in this process."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

import boto3
import hypothesis
import pytest

from chalicelib.platform import aws, settings
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_variable
from chalicelib.table.client import Table
from tests.support.api import Api
from tests.support.cloud import bare_cloud, local_table
from tests.support.letters import club
from tests.support.parallel import a_request_per_thread
from tests.support.queues import create_queues

__all__ = ["a_request_per_thread", "bare_cloud", "club", "local_table"]

# No test may reach a real account, whatever the machine's own configuration says.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
os.environ.pop("AWS_PROFILE", None)

# How long an example takes says something of the machine, not of the club. Where CI judges a change, the examples are
# those of the code and not of chance; on a person's machine each run looks for new ones.
hypothesis.settings.register_profile("club", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("club")

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday, noon in the club's zone


def create_table(name: str) -> None:
    strings = [
        {"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
    ]
    _client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=strings,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": f"{index}pk", "KeyType": "HASH"},
                    {"AttributeName": f"{index}sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in ("gsi1", "gsi2")
        ],
    )


@cache
def _session() -> boto3.Session:
    """One for all tests: a new session reads the services' descriptions again, which takes longer than most tests."""
    return boto3.Session()


@cache
def _client(service: str) -> Any:
    """To set an account up with. Tests get clients of their own, with nobody else listening on them."""
    return _session().client(service)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS account in memory, with what the stack would have put there."""
    from moto import mock_aws

    with mock_aws():
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", _session())
        environment = {
            "TABLE_NAME": "club",
            "FILES_BUCKET": "club-files",
            "MAIL_FROM": "Partner club <club@portal.example>",
            "MAIL_CONFIGURATION_SET": "club",
            "USER_POOL_ID": "us-east-1_pool",
            "USER_POOL_CLIENT_ID": "client",
            "TOKEN_URL": "https://tokens.example/oauth2/token",
            "PORTAL_URL": "https://portal.example",
            "LETTERS_URL": "https://club.example/api",
            "STAGE": "test",
            **{queue_variable(name): url for name, url in create_queues().items()},
        }
        create_table("club")
        _client("s3").create_bucket(Bucket="club-files")
        made = _client("secretsmanager").create_secret(Name="club", SecretString="a secret for tests only")
        environment["SECRET_ARN"] = made["ARN"]
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.settings.cache_clear()
        aws.forget_clients()
        yield
    settings.settings.cache_clear()
    aws.forget_clients()


@pytest.fixture
def context(account: None) -> Context:
    """Work at noon of a Friday, with ids that count: `ord_0001`."""
    numbers = count(1)
    return Context(
        table=Table(aws.dynamodb(), "club", sleep=lambda seconds: None),
        now=NOON,
        new_id=lambda prefix: f"{prefix}_{next(numbers):04d}",
    )


@pytest.fixture
def api(context: Context, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The API at the moment of `context`, and the staff of `partners.STAFF`."""
    from chalicelib.platform.http import respond as http
    from tests.support import partners

    partners.the_staff(context)

    monkeypatch.setattr(http, "context_now", lambda: replace(context))
    from app import app

    return Api(app)
