"""Many orders at once, for a distributor."""

from typing import Any

import pytest

from tests.orders.conftest import memory_market as memory_market
from tests.orders.steps import Market
from tests.support.table import everything

PATH = "/v1/distributor/orders/accept"


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


def accept(market: Market, *order_ids: str) -> list[tuple[str, str]]:
    answer: Any = market.api.call("POST", PATH, market.operator, {"order_ids": list(order_ids)})
    assert answer.status == 200, answer.text
    return [(each["result"], each["errors"][0]["code"] if each["errors"] else "") for each in answer.json["items"]]


def test_each_order_is_accepted_by_itself_and_again_changes_nothing(market: Market) -> None:
    first, second, gone = market.placed(), market.placed(), market.placed()
    assert market.cancel(gone).status == 200
    expected = [("accepted", ""), ("failed", "wrong_state"), ("failed", "not_found"), ("accepted", "")]
    assert accept(market, first, gone, "ord_none", second, first) == expected
    assert [market.order(each)["state"] for each in (first, second)] == ["accepted", "accepted"]
    before = everything(market.context)
    assert accept(market, first, second) == [("unchanged", ""), ("unchanged", "")]
    assert everything(market.context) == before
    assert market.ship(first).status == 200
    assert accept(market, first) == [("unchanged", "")]


def test_orders_are_listed_by_state_and_day(market: Market) -> None:
    order_id, today = market.placed(), market.context.today

    def listed(query: str, caller: Any = market.operator, path: str = "/v1/distributor/orders") -> list[str]:
        answer = market.api.call("GET", f"{path}?{query}", caller)
        assert answer.status == 200, answer.text
        return [each["order_id"] for each in answer.json["items"]]

    assert listed(f"from={today}&to={today}&state=placed") == listed(f"from={today}") == [order_id]
    assert listed("to=2020-01-01") == listed(f"from={today}&state=accepted") == []
    assert listed(f"to={today}", market.buyer, "/v1/orders") == [order_id]
