"""An order keeps what its goods cost on its day, and shows it to nobody."""

from decimal import Decimal

import pytest

from chalicelib.orders.order import store
from tests.catalog.steps import listed, row, stock
from tests.orders.steps import Market
from tests.support.api import Caller
from tests.support.partners import OPERATIONS

COST = "73.13"


@pytest.fixture
def market(memory_market: Market) -> Market:
    listed(memory_market.context, row("LMP-1", cost_price={"amount": COST, "currency": "RUB"}))
    return memory_market


def kept(market: Market, order_id: str) -> dict[str, Decimal | None]:
    order = store.read_order(market.context.table, market.company_id, order_id)
    assert order
    return {line.sku: line.cost_price for line in order.lines}


def test_an_order_keeps_the_cost_of_its_day(market: Market) -> None:
    order_id = market.placed()
    stock(market.context, row("LMP-1", cost_price={"amount": "80.00", "currency": "RUB"}))
    assert market.accept(order_id).status == market.ship(order_id).status == 200
    assert kept(market, order_id) == {"LMP-1": Decimal(COST), "LMP-2": None}


def test_nobody_reads_the_cost_in_an_order_a_quote_a_product_or_a_price_list(market: Market) -> None:
    placed = market.place()
    order_id = placed.json["order_id"]
    accepted, shipped = market.accept(order_id), market.ship(order_id)
    manager = Caller.person("mbr_manager", "staff", "manager", "club")
    lines = {"lines": [{"sku": "LMP-1", "quantity": 10}], "explain": True}
    answers = [placed, accepted, shipped, market.post("/v1/quotes", market.buyer, lines)]
    answers += [
        market.api.call("GET", path, caller)
        for path, caller in (
            (f"/v1/orders/{order_id}", market.buyer),
            ("/v1/products", market.buyer),
            ("/v1/products/LMP-1", market.buyer),
            ("/v1/price-list", market.buyer),
            (f"/v1/distributor/orders/{order_id}", market.operator),
            (f"/v1/staff/companies/{market.company_id}/orders/{order_id}", manager),
            (f"/v1/staff/companies/{market.company_id}/products", manager),
        )
    ]
    assert [answer.status for answer in answers if answer.status not in (200, 201)] == []
    assert [answer.text for answer in answers if COST in answer.text or "LMP-1" not in answer.text] == []
    assert [event for event in market.events() if COST in str(event)] == []
    assert COST in market.api.call("GET", "/v1/staff/products", OPERATIONS).text
