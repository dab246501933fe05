from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.crashes import watched
from tests.support.memory import MemoryDynamo


@pytest.fixture
def market(api: Api, context: Context) -> Market:
    return Market(api, context)


@pytest.fixture
def local_market(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Market:
    """The same on a DynamoDB of its own process, which bears many callers at once and counts capacity."""
    return market_on(local_table, monkeypatch)


@pytest.fixture
def memory_market(monkeypatch: pytest.MonkeyPatch) -> Market:
    """The same in a dictionary, for tests that make thousands of calls."""
    return market_on(Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None), monkeypatch)


def market_on(table: Table, monkeypatch: pytest.MonkeyPatch) -> Market:
    from chalicelib.platform import aws
    from chalicelib.platform.http import respond as http

    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    numbers = count(1)
    context = Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")
    monkeypatch.setattr(http, "context_now", lambda: context)
    from app import app

    return Market(Api(app), context)
