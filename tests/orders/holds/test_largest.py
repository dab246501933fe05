"""The largest order, which holds of everything at once: each of its steps fits into a transaction, and the order into an item.

The table in memory refuses an expression that DynamoDB would refuse, and `Transaction` more operations than it takes.
"""

from collections.abc import Callable

import pytest

from chalicelib.catalog.recording import write_stock
from chalicelib.orders import keys as orders_keys
from chalicelib.orders.free_goods.store import read_free_goods
from chalicelib.orders.moves import service as moves
from chalicelib.orders.order import store as orders_store
from chalicelib.orders.quoting.schemas import MOST_LINES
from chalicelib.pricing.free_goods.rules import MOST_PROMISES
from chalicelib.pricing.offers.service import MOST_OPEN
from chalicelib.pricing.promotions import keys as promotions_keys
from chalicelib.pricing.promotions.service import MOST_LIMITED
from chalicelib.pricing.promotions.usage import company_uses
from chalicelib.pricing.terms import rules as terms_rules
from tests.catalog.steps import row, stock
from tests.orders.holds.test_credit import agree
from tests.orders.holds.test_offer_uses import offered
from tests.orders.holds.test_reservations import delivers_from
from tests.orders.order.test_store import MOST_BYTES, weight
from tests.orders.steps import Market
from tests.pricing.steps import Office
from tests.support.api import Answer

SKUS = [f"Q-{number:03}" for number in range(MOST_LINES)]
LIMITED, OFFERED, ON_TOP = SKUS[: 4 * MOST_LIMITED], SKUS[80 : 80 + MOST_OPEN], SKUS[80 + MOST_OPEN :]


@pytest.fixture
def market(memory_market: Market, monkeypatch: pytest.MonkeyPatch) -> Market:
    """Every fourth of the goods is on a promotion of its own with all limits, others on an offer of their own, the rest brings goods on top."""
    market, context = memory_market, memory_market.context
    stock(context, *(row(sku) for sku in SKUS))
    monkeypatch.setattr(terms_rules, "needs_two", lambda *_: False)
    agree(market, credit_limit="99999999.00", deferral_days=30)
    office = Office(market.api, context)
    budget = {"amount": "100000.00", "currency": "RUB"}
    limits = {"uses": 100, "units": 100_000, "budget": budget, "uses_per_company": 100}
    for number in range(MOST_LIMITED):
        office.run((1, "10"), goods={"skus": LIMITED[number::MOST_LIMITED]}, limits=limits)
    for _ in range(MOST_PROMISES):
        on_top = {"buy": 5, "free": {"sku": "LMP-1", "quantity": 1}, "pay_within_days": 30, "repeat": True}
        office.run(goods={"skus": ON_TOP}, brackets=[], on_top=on_top)
    for sku in OFFERED:
        offered(market, goods={"skus": [sku]})
    delivers_from(market, "MSK")
    at = context.now.isoformat()
    for start in range(0, MOST_LINES, 100):
        figures = [{"sku": sku, "warehouse": "MSK", "quantity": "1000", "at": at} for sku in SKUS[start : start + 100]]
        assert {each.result for each in write_stock(context, figures).items} == {"recorded"}
    return market


def place(market: Market) -> str:
    """From the cart, which is emptied on the way."""
    lines = [{"sku": sku, "quantity": 10} for sku in SKUS]
    version = market.post("/v1/cart/lines", market.buyer, {"lines": lines}).json["version"]
    answer = market.post("/v1/orders", market.buyer, {"cart_version": version})
    assert answer.status == 201, answer.text
    assert {line["rule"]["name"] for line in answer.json["lines"]} == {"promotion", "offer", "base_price"}
    assert len(answer.json["goods_on_top"]) == MOST_PROMISES
    return str(answer.json["order_id"])


def returned(market: Market, order_id: str) -> Answer:
    market.accept(order_id)
    market.ship(order_id, document="УТ-2")
    asked = market.request_return(order_id, *(("УТ-2", sku, 1) for sku in SKUS))
    assert asked.status == 200, asked.text
    return market.accept_return(order_id, asked.json["returns"][0]["return_id"])


def grown(market: Market, order_id: str) -> Answer:
    assert market.accept(order_id, dict.fromkeys(SKUS, 11)).json["state"] == "changed"
    return market.confirm(order_id)


def cancelled(market: Market, order_id: str) -> Answer:
    """When a part of each line was shipped, and of those with an offer nothing."""
    market.accept(order_id)
    market.ship(order_id, dict.fromkeys([*LIMITED, *ON_TOP], 1))
    market.request_cancellation(order_id)
    return market.approve_cancellation(order_id)


STEPS: dict[str, Callable[[Market, str], Answer]] = {
    "cancel": Market.cancel,
    "reject": Market.reject,
    "accepted_with_less": lambda market, order_id: market.accept(
        order_id, {**dict.fromkeys(SKUS, 0), **dict.fromkeys(ON_TOP, 9)}
    ),
    "grown": grown,
    "cancelled": cancelled,
    "returned": returned,
}


def test_each_step_of_an_order_that_holds_of_everything_is_one_transaction(market: Market):
    for name, step in STEPS.items():
        order_id = place(market)
        answer = step(market, order_id)
        assert answer.status == 200, answer.text
        kept = market.context.table.get(orders_keys.order(market.company_id, order_id))
        assert weight(kept) < MOST_BYTES
        for sku in OFFERED if name in ("grown", "returned") else ():
            offered(market, goods={"skus": [sku]})  # the order keeps the others
    uses = promotions_keys.promotions_used
    before = company_uses(market.context.table.get(uses(market.company_id)))
    moves.move(market.context, market.company_id, order_id, moves.Orderer("cmp_2", "Luch", ""), lambda tx, order: None)
    moved = orders_store.read_order(market.context.table, "cmp_2", order_id)
    assert moved is not None and len(read_free_goods(market.context.table, moved)) == MOST_PROMISES
    assert company_uses(market.context.table.get(uses("cmp_2"))) == dict.fromkeys(before, 1)
    after = company_uses(market.context.table.get(uses(market.company_id)))
    assert after == {name: number - 1 for name, number in before.items()}


def test_an_order_uses_no_more_offers_than_fit_into_its_transaction(market: Market):
    """Offers that come back may be more than are ever issued at a time."""
    first = place(market)
    for sku in ON_TOP[:MOST_OPEN]:
        offered(market, goods={"skus": [sku]})
    second = market.placed(dict.fromkeys(ON_TOP, 10))
    assert (market.cancel(first).status, market.cancel(second).status) == (200, 200)
    answer = market.place(dict.fromkeys(SKUS, 10))
    assert answer.status == 201, answer.text
    assert [line["rule"]["name"] for line in answer.json["lines"]].count("offer") == MOST_OPEN
