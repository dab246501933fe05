"""The calls and the capacity of the keys of carts, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from chalicelib import sales
from chalicelib.orders.cart import keys as cart_keys
from chalicelib.orders.reorder import service as reorder
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.sales import keys as sales_keys
from chalicelib.sales.rules import SaleDocument, SaleLine
from chalicelib.table.client import Table
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@pytest.fixture
def market(context: Context, monkeypatch: pytest.MonkeyPatch) -> Market:
    from app import app

    monkeypatch.setattr(respond, "context_now", lambda: context)
    return Market(Api(app), context)


def sale(context: Context, number: int, *skus: str) -> Event:
    day = context.today - timedelta(days=10 + number % 300)
    lines = [SaleLine(sku, f"Lamp {sku}", Decimal(12), Decimal(100), Decimal(1200)) for sku in skus]
    document = SaleDocument("1c-main", f"УТ-{number}", "cmp_1", day, "RUB", lines)
    sales.record(context, [document])
    item = context.table.get(sales_keys.sale("cmp_1", day, *document.ref, 1))
    assert item
    return Event("sale.recorded", f"evt_{number}", item)


@measures(cart_keys.cart)
def test_a_cart_of_twenty_lines_is_one_strong_read_and_its_prices_two_more(market: Market) -> None:
    lines = [{"sku": f"S-{number:02}", "quantity": 5} for number in range(20)]
    stock(market.context, *(row(line["sku"]) for line in lines))
    with spent(market.context.table.client) as cost:
        answer = market.post("/v1/cart/lines", market.buyer, {"lines": lines})
    assert answer.status == 200, answer.text
    assert cost.calls == ["GetItem", "GetItem", "BatchGetItem", "Query", "TransactWriteItems"]
    assert cost.write_units <= 20  # the cart, and the remembered answer
    with spent(market.context.table.client) as cost:
        assert market.api.call("GET", "/v1/cart", market.buyer).status == 200
    assert cost.calls == ["GetItem", "BatchGetItem", "Query"]  # the last one: who delivers, and from which stock
    assert cost.read_units <= 1 + 14
    with spent(market.context.table.client) as cost:
        assert market.post("/v1/orders", market.buyer, {"cart_version": 1}).status == 201
    assert cost.calls == ["GetItem", "GetItem", "BatchGetItem", "Query", "TransactWriteItems"]


def test_a_usual_order_reads_the_newest_documents_in_one_call(market: Market) -> None:
    stock(market.context, *(row(f"S-{number:02}") for number in range(20)))
    for number in range(reorder.MOST_DOCUMENTS):
        sale(market.context, number, *(f"S-{(number + other) % 20:02}" for other in range(10)))
    with spent(market.context.table.client) as cost:
        answer = market.api.call("GET", "/v1/usual-order", market.buyer)
    assert len(answer.json["lines"]) == 20
    assert cost.calls == ["Query", "BatchGetItem", "Query"]
    assert cost.read_units <= 23  # a hundred documents of ten lines, twenty products, the conditions
