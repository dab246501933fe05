import pytest

from chalicelib.platform import aws
from chalicelib.platform.context import Work
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.bonuses.steps import Office
from tests.conftest import NOON
from tests.support.api import Api


@pytest.fixture
def office(api: Api, work: Work, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(api, work, monkeypatch)


@pytest.fixture
def local_office(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The same on a DynamoDB of its own process, which bears many callers at once and counts capacity."""
    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    work = Work(table=local_table, now=NOON)
    monkeypatch.setattr(respond, "work_now", lambda: work)
    from app import app

    return Office(Api(app), work, monkeypatch)
