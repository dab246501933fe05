"""The stock of a distributor's own warehouses, as it reads it itself."""

from typing import Any

import pytest

from tests.orders.holds.test_reservations import counted, delivers_from
from tests.orders.steps import Market

STOCK = "/v1/distributor/stock"


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


def rows(market: Market, query: str = "") -> dict[str, Any]:
    answer = market.api.call("GET", f"{STOCK}?{query}", market.operator)
    assert answer.status == 200, answer.text
    return {each["sku"]: each for each in answer.json["items"]}


def test_a_distributor_reads_what_the_club_believes_of_its_own_warehouses_only(market: Market) -> None:
    delivers_from(market, "MSK", "TVER")
    counted(market, 30, "MSK")
    counted(market, 5, "TVER")
    counted(market, 900, "KZN")  # another's
    market.placed({"LMP-1": 10})
    known = rows(market)
    assert list(known) == ["LMP-1", "LMP-2", "LMP-3"]
    told = known["LMP-1"]
    assert [(each["warehouse"], each["quantity"]) for each in told["stock"]] == [("MSK", "30"), ("TVER", "5")]
    assert (told["reserved"], told["available"]) == (10, 25)
    assert (known["LMP-2"]["stock"], known["LMP-2"]["available"]) == ([], 0)


def test_stock_that_is_a_hint_reserves_nothing_and_a_distributor_without_warehouses_sees_no_others(
    market: Market,
) -> None:
    counted(market, 30, "MSK")
    assert rows(market)["LMP-1"]["stock"] == []
    delivers_from(market, "MSK", binding=False)
    market.placed({"LMP-1": 10})
    told = rows(market)["LMP-1"]
    assert (told["reserved"], told["available"]) == (None, 30)


def test_own_stock_is_narrowed_by_warehouse_words_and_what_is_left(market: Market) -> None:
    delivers_from(market, "MSK", "TVER")
    counted(market, 30, "MSK")
    counted(market, 5, "TVER", sku="LMP-2")
    assert list(rows(market, "warehouse=TVER")) == ["LMP-2"]
    assert list(rows(market, "q=lmp-3")) == ["LMP-3"]
    assert list(rows(market, "max_available=5&sort=-available")) == ["LMP-2", "LMP-3"]
