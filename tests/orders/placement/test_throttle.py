"""So many orders and requests for returns a company makes in a day, since each of them is a letter to its distributor."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.orders.config import Orders
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.orders.steps import Market
from tests.pricing.steps import MANAGER
from tests.support.api import Answer, Api
from tests.support.figures import with_figures
from tests.support.table import everything


@pytest.fixture
def market(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Market:
    """A club that lets a company order and return twice a day."""
    few = with_figures(context, Orders, orders_per_company_per_day=2, returns_per_company_per_day=2)
    monkeypatch.setattr(respond, "context_now", lambda: few)
    return Market(api, few)


def refused(answer: Answer) -> bool:
    if answer.status != 429:
        assert answer.status < 300, answer.text
        return False
    assert answer.json["code"] == "too_many_requests" and 0 < int(answer.headers["retry-after"]) <= 86400
    return True


def test_a_company_orders_so_often_in_a_day(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    first = market.place(key="once-more")
    assert not refused(first) and market.place(key="once-more").json == first.json, "a repeat is no further order"
    assert not refused(market.place())
    before = everything(market.context)
    assert refused(market.place())
    assert everything(market.context) == before
    tomorrow = replace(market.context, now=market.context.now + timedelta(days=1))
    monkeypatch.setattr(respond, "context_now", lambda: tomorrow)
    assert not refused(market.place())


def test_an_order_that_is_refused_counts_for_nothing(market: Market) -> None:
    for _ in range(3):
        assert market.place({"NO-SUCH": 1}).status == 422
    assert [refused(market.place()) for _ in range(3)] == [False, False, True]


def test_the_club_orders_for_a_company_as_often_as_it_must(market: Market) -> None:
    path, lines = f"/v1/staff/companies/{market.company_id}/orders", {"lines": [{"sku": "LMP-1", "quantity": 10}]}
    assert [market.post(path, MANAGER, lines).status for _ in range(4)] == [201] * 4


def test_a_company_asks_for_so_many_returns_in_a_day(market: Market) -> None:
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")
    part = ("УТ-1", "LMP-1", 1)
    assert [refused(market.request_return(order_id, part)) for _ in range(3)] == [False, False, True]
    assert len(market.order(order_id)["returns"]) == 2
