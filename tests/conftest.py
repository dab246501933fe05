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
from chalicelib.table.client import Table
from tests.support.api import Api
from tests.support.cloud import bare_cloud, local_table
from tests.support.letters import club
from tests.support.parallel import a_request_per_thread

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


DEPLOYED = ("tests/e2e/", "tests/days/")  # the files of each share a club that is deployed once for a process
# Its tests share nothing, and the slow ones take many minutes: each goes to any process.
APART = ("tests/exchange/reading/test_any_file.py",)


@pytest.hookimpl(optionalhook=True)  # of a plugin that a run may leave out
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files in their order; those that share a deployed club go to one process, the tests of the longest file to several."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(APART):
                return nodeid
            return next((folder for folder in DEPLOYED if nodeid.startswith(folder)), super()._split_scope(nodeid))

    return Scheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files come first, so that no process works alone at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (not item.nodeid.startswith(DEPLOYED), not item.nodeid.startswith(APART)))


@cache
def _session() -> boto3.Session:
    """One for all tests: a new session reads the services' descriptions again, which takes longer than most tests."""
    return boto3.Session()


_table_client: list[Any] = []  # as `_as_made` tells it


def _as_made(client: Any) -> list[Any]:
    """Itself, its parts, and what it has found of its listeners: a new one makes it begin to search anew."""
    return [client, *vars(client).values(), client.meta.events._emitter._lookup_cache]


def _forget_clients() -> None:
    """All but the table's, which takes as long to make as many a test runs: until somebody listens to it, or changes it."""
    table_client, *others = aws._CACHED
    if table_client.cache_info().currsize and list(map(id, _as_made(table_client()))) == list(map(id, _table_client)):
        for each in others:
            each.cache_clear()
    else:
        aws.forget_clients()
        _table_client[:] = _as_made(table_client())


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without an account in memory a test is in another place, and makes its own client."""
    if _table_client and "account" not in getattr(item, "fixturenames", ()):
        _table_client.clear()
        aws.forget_clients()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS account in memory, with what the stack would have put there."""
    from tests.support.account import account

    with account() as stack:
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", _session())
        environment = {
            **stack,
            "MAIL_FROM": "Partner club <club@portal.example>",
            "MAIL_CONFIGURATION_SET": "club",
            "USER_POOL_ID": "us-east-1_pool",
            "USER_POOL_CLIENT_ID": "client",
            "TOKEN_URL": "https://tokens.example/oauth2/token",
            "PORTAL_URL": "https://portal.example",
            "LETTERS_URL": "https://club.example/api",
            "STAGE": "test",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.settings.cache_clear()
        _forget_clients()
        yield
    settings.settings.cache_clear()


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
