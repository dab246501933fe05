import pytest

from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.bonuses.steps import Office
from tests.conftest import NOON
from tests.support.api import Api


@pytest.fixture
def office(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(api, context, monkeypatch)


@pytest.fixture
def local_office(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The same on a DynamoDB of its own process, which bears many callers at once and counts capacity."""
    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    context = Context(table=local_table, now=NOON)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    from app import app

    return Office(Api(app), context, monkeypatch)
