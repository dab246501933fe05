import pytest

from chalicelib.platform.work import Work
from tests.orders.steps import Market
from tests.support.api import Api


@pytest.fixture
def market(api: Api, work: Work) -> Market:
    return Market(api, work)
