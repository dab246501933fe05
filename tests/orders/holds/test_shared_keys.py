"""The write units of an order in the partitions that many orders share: one partition takes 1,000 a second."""

import pytest

from chalicelib.table.client import Table
from tests.catalog.steps import row, stock
from tests.orders.conftest import market_on
from tests.orders.holds.test_credit import agree
from tests.orders.holds.test_reservations import counted, delivers_from
from tests.orders.steps import Market
from tests.pricing.steps import Office
from tests.support.crashes import watched
from tests.support.metered import MeteredDynamo

LINES = {f"Q-{number:02}": 5 for number in range(20)}


@pytest.fixture
def meter() -> MeteredDynamo:
    return MeteredDynamo()


@pytest.fixture
def market(meter: MeteredDynamo, monkeypatch: pytest.MonkeyPatch) -> Market:
    """Twenty articles in binding stock, on a promotion with all limits; the company orders on credit."""
    table = Table(watched(meter, "dynamodb"), "club", sleep=lambda seconds: None)
    market = market_on(table, monkeypatch)
    stock(market.context, *(row(sku) for sku in LINES))
    delivers_from(market, "MSK")
    for sku in LINES:
        counted(market, 1000, sku=sku)
    agree(market, credit_limit="500000.00", deferral_days=30)
    budget = {"amount": "100000.00", "currency": "RUB"}
    Office(market.api, market.context).run(
        (1, "10"), limits={"uses": 100, "units": 10_000, "budget": budget, "uses_per_company": 9}
    )
    return market


def test_an_order_takes_so_many_units_of_what_it_shares_with_others(market: Market, meter: MeteredDynamo) -> None:
    market.placed(LINES)
    meter.written.clear()
    market.placed(LINES)
    taken = {partition.partition("#")[0]: units for partition, units in meter.written.items()}
    assert taken.pop("gsi1 ORDERS") <= 2  # by the company, and by all
    assert taken.pop("gsi2 QUEUE") <= 2
    assert taken.pop("PROMOTION") == 2
    assert taken.pop("DISTRIBUTOR") == 42  # two for each article, two for the pointer
    assert taken.pop("COMPANY") <= 10
    assert sorted(taken) == ["MEMBER", "ONCE", "THROTTLE"], "of one buyer"
