"""A distributor's stock: a hint, or binding, with the reservations of orders."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.recording import write_stock
from chalicelib.catalog.rules import StockFigure
from chalicelib.companies import keys as companies_keys
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.orders.holds import reservations
from chalicelib.orders.holds.consumers import on_stock_recorded
from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.table.transactions import Transaction
from tests.catalog.steps import row, stock
from tests.orders.steps import REGION, Market, errors
from tests.support.api import Answer, Api
from tests.support.crashes import crashes, lost_replies, races
from tests.support.metered import item_size
from tests.support.parallel import at_once
from tests.support.partners import OPERATIONS, distributor
from tests.support.spent import calls_counted

CALLERS = 64
HOUR = timedelta(hours=1)


def delivers_from(market: Market, *warehouses: str, binding: bool = True, of: str = "") -> Answer:
    url = f"/v1/staff/distributors/{of or market.distributor_id}"
    present = market.api.call("GET", url, OPERATIONS).headers["etag"]
    body = {"stock": {"warehouses": list(warehouses), "binding": binding}}
    return market.api.call("PATCH", url, OPERATIONS, body, headers={"if-match": present})


def counted(
    market: Market, units: int | str, warehouse: str = "MSK", *, ago: timedelta = HOUR, sku: str = "LMP-1"
) -> None:
    """A figure of so long ago is told and, as the stream would, delivered."""
    at = (market.context.now - ago).isoformat()
    answer = write_stock(market.context, [{"sku": sku, "warehouse": warehouse, "quantity": str(units), "at": at}])
    assert [each.result for each in answer.items] == ["recorded"]
    recorded(market, sku)


def recorded(market: Market, *skus: str) -> None:
    on_stock_recorded(market.context, Event("stock.recorded", "evt", {"skus": list(skus)}))


def reserved(market: Market, sku: str = "LMP-1") -> int:
    return reservations.reserved(market.context.table, market.distributor_id, [sku])[sku]


def kept(market: Market) -> list[dict[str, Any]]:
    """All that is kept of reservations."""
    prefixes = ("RESERVED#", "SHIPPEDOUT#")
    return [item for item in market.everything() if item["sk"].startswith(prefixes)]


def lacking(answer: Answer) -> list[tuple[int, str, int]]:
    """Line, article, and what is left of it."""
    assert (answer.status, answer.json["code"]) == (409, "out_of_stock"), answer.text
    return [(each["line"], each["sku"], each["left"]) for each in answer.json["lines"]]


def quoted(market: Market, quantity: int, sku: str = "LMP-1") -> Any:
    body = {"lines": [{"sku": sku, "quantity": quantity}]}
    answer = market.api.call("POST", "/v1/quotes", market.buyer, body)
    assert answer.status == 200, answer.text
    return answer.json


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


@pytest.fixture
def later(market: Market, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    def pass_(time: timedelta) -> None:
        market.context = replace(market.context, now=market.context.now + time)
        monkeypatch.setattr(respond, "context_now", lambda: market.context)

    return pass_


# --- a hint -----------------------------------------------------------------------------------------------------------


def test_stock_is_a_hint_with_the_moment_it_was_counted_and_refuses_nothing(market: Market):
    counted(market, "5.7")
    quote = quoted(market, 6)
    (line,) = quote["lines"]
    assert line["stock"] == {"available": 5, "at": "2026-11-20T08:00:00.000Z", "binding": False}
    assert [(each["pointer"], each["code"]) for each in line["warnings"]] == [("/lines/0/quantity", "out_of_stock")]
    assert (line["errors"], quote["can_be_ordered"]) == ([], True)
    order = market.place({"LMP-1": 6}).json
    assert (order["lines"][0]["stock"], order["lines"][0]["warnings"]) == (line["stock"], line["warnings"])
    assert order["reserves"] is False
    assert kept(market) == []


def test_of_what_was_never_counted_nothing_is_said(market: Market):
    assert quoted(market, 6)["lines"][0]["stock"] is None
    (line,) = market.place({"LMP-1": 6}).json["lines"]
    assert (line["stock"], line["warnings"]) == (None, [])


def test_a_hint_counts_the_warehouses_that_the_distributor_delivers_from(market: Market):
    counted(market, 5, "MSK")
    counted(market, 9, "SPB")
    assert quoted(market, 1)["lines"][0]["stock"]["available"] == 14
    delivers_from(market, "MSK", binding=False)
    assert quoted(market, 1)["lines"][0]["stock"]["available"] == 5


def test_an_order_keeps_the_hint_it_was_placed_with(market: Market):
    counted(market, 5)
    order_id = market.placed({"LMP-1": 6})
    counted(market, 50, ago=HOUR / 2)
    assert market.order(order_id)["lines"][0]["stock"]["available"] == 5


# --- what is reserved -------------------------------------------------------------------------------------------------


def test_binding_stock_is_reserved_and_too_little_is_refused_with_what_is_left(market: Market):
    delivers_from(market, "MSK")
    counted(market, 10)
    assert market.place({"LMP-1": 7}).json["reserves"] is True
    refused = market.place({"LMP-2": 6, "LMP-1": 4})
    assert lacking(refused) == [(0, "LMP-2", 0), (1, "LMP-1", 3)]
    assert [each["at"] for each in refused.json["lines"]] == [None, "2026-11-20T08:00:00.000Z"]
    assert reserved(market) == 7
    assert market.place({"LMP-1": 3}).status == 201
    assert lacking(market.place({"LMP-1": 1})) == [(0, "LMP-1", 0)]


def test_a_quote_tells_what_binding_stock_leaves(market: Market):
    delivers_from(market, "MSK")
    counted(market, 10)
    market.placed({"LMP-1": 7})
    (line,) = quoted(market, 4)["lines"]
    assert line["stock"] == {"available": 3, "at": "2026-11-20T08:00:00.000Z", "binding": True}
    assert [(each["pointer"], each["code"]) for each in line["errors"]] == [("/lines/0/quantity", "out_of_stock")]
    assert quoted(market, 4)["can_be_ordered"] is False
    assert quoted(market, 3)["can_be_ordered"] is True
    assert quoted(market, 6, "LMP-2")["lines"][0]["stock"]["available"] == 0


def test_only_the_distributors_own_warehouses_bind(market: Market):
    delivers_from(market, "MSK")
    counted(market, 100, "SPB")
    assert lacking(market.place({"LMP-1": 1})) == [(0, "LMP-1", 0)]
    delivers_from(market, "MSK", "SPB")
    assert market.place({"LMP-1": 100}).status == 201


@pytest.mark.parametrize("end", ["cancel", "reject"])
def test_an_order_that_comes_to_nothing_gives_its_goods_back(market: Market, end: str):
    delivers_from(market, "MSK")
    counted(market, 10)
    order_id = market.placed({"LMP-1": 10})
    assert getattr(market, end)(order_id).status == 200
    assert market.place({"LMP-1": 10}).status == 201


def test_what_is_accepted_with_less_gives_the_rest_back(market: Market):
    delivers_from(market, "MSK")
    counted(market, 10)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id, {"LMP-1": 4})
    assert reserved(market) == 4


def test_what_a_distributor_accepts_above_the_order_it_answers_for_itself(market: Market):
    delivers_from(market, "MSK")
    counted(market, 10)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id, {"LMP-1": 12})
    confirmed = market.post(f"/v1/orders/{order_id}/confirm", market.buyer, {}, headers={"if-match": '"2"'})
    assert confirmed.status == 200
    assert reserved(market) == 12
    assert quoted(market, 1)["lines"][0]["stock"]["available"] == 0


def test_an_order_reserves_as_it_began_whatever_the_distributor_says_meanwhile(market: Market):
    counted(market, 10)
    hint = market.placed({"LMP-1": 10})
    delivers_from(market, "MSK")
    bound = market.placed({"LMP-1": 10})
    delivers_from(market, "MSK", binding=False)
    for order_id in (hint, bound):
        market.cancel(order_id)
    assert reserved(market) == 0


def test_a_name_with_points_and_brackets_is_an_article_like_any_other(market: Market):
    stock(market.context, row("ДКУ-01.[150].%2E"))
    delivers_from(market, "MSK")
    counted(market, 2, sku="ДКУ-01.[150].%2E")
    order_id = market.placed({"ДКУ-01.[150].%2E": 2})
    assert lacking(market.place({"ДКУ-01.[150].%2E": 1})) == [(0, "ДКУ-01.[150].%2E", 0)]
    market.accept(order_id)
    market.ship(order_id)
    assert reserved(market, "ДКУ-01.[150].%2E") == 2


def test_an_order_of_two_hundred_lines_reserves_and_is_shipped(market: Market):
    skus = [f"S-{number:03}" for number in range(200)]
    stock(market.context, *(row(sku) for sku in skus))
    for sku in skus:
        tx = Transaction()
        catalog_store.write_stock(tx, sku, [StockFigure("MSK", Decimal(1), market.context.now)])
        market.context.table.commit(tx)
    delivers_from(market, "MSK")
    order_id = market.placed(dict.fromkeys(skus, 1))
    assert lacking(market.place({"S-007": 1})) == [(0, "S-007", 0)]
    market.accept(order_id)
    assert market.ship(order_id).status == 200


def test_an_order_of_bound_stock_takes_no_more_calls_than_any_other(api: Api, context: Context):
    market = Market(api, context)
    delivers_from(market, "MSK")
    counted(market, 10)
    with calls_counted(market.context.table.client) as made:
        assert market.place({"LMP-1": 1}).status == 201
    assert made == ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]
    with calls_counted(market.context.table.client) as made:
        quoted(market, 1)
    assert made == ["BatchGetItem", "Query", "BatchGetItem"]


# --- shipments and newer figures --------------------------------------------------------------------------------------


def test_what_was_shipped_counts_until_a_newer_figure_knows_it(market: Market, later: Callable[[timedelta], None]):
    delivers_from(market, "MSK")
    counted(market, 10)
    order_id = market.placed({"LMP-1": 6})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4})
    assert quoted(market, 1)["lines"][0]["stock"]["available"] == 4
    later(HOUR)
    counted(market, 6, ago=timedelta(0))  # four have gone, two are waited for
    assert (reserved(market), quoted(market, 1)["lines"][0]["stock"]["available"]) == (2, 4)
    market.ship(order_id, document="УТ-2")
    assert (reserved(market), quoted(market, 1)["lines"][0]["stock"]["available"]) == (2, 4)
    later(HOUR)
    counted(market, 4, ago=timedelta(0))
    assert (reserved(market), kept(market)[0].keys() - {"pk", "sk"}) == (0, set())
    assert quoted(market, 4)["can_be_ordered"] is True


def test_a_figure_that_was_counted_before_the_shipment_does_not_know_it(
    market: Market, later: Callable[[timedelta], None]
):
    delivers_from(market, "MSK")
    counted(market, 10, ago=2 * HOUR)
    order_id = market.placed({"LMP-1": 6})
    market.accept(order_id)
    market.ship(order_id)
    later(HOUR)
    counted(market, 9, ago=2 * HOUR)  # told late
    assert (reserved(market), quoted(market, 3)["can_be_ordered"], quoted(market, 4)["can_be_ordered"]) == (
        6,
        True,
        False,
    )


def test_a_figure_of_the_very_minute_does_not_know_the_shipment(market: Market, later: Callable[[timedelta], None]):
    delivers_from(market, "MSK")
    counted(market, 10)
    order_id = market.placed({"LMP-1": 6})
    market.accept(order_id)
    market.ship(order_id)
    later(timedelta(seconds=59))
    counted(market, 10, ago=timedelta(0))
    assert reserved(market) == 6
    later(timedelta(seconds=1))
    counted(market, 4, ago=timedelta(0))
    assert reserved(market) == 0


def test_a_shipment_counts_until_all_filled_warehouses_were_counted_anew(
    market: Market, later: Callable[[timedelta], None]
):
    delivers_from(market, "MSK", "SPB", "NSK")
    counted(market, 10, "MSK")
    counted(market, 10, "SPB")
    counted(market, 0, "NSK")
    order_id = market.placed({"LMP-1": 6})
    market.accept(order_id)
    market.ship(order_id)
    later(HOUR)
    counted(market, 4, "MSK", ago=timedelta(0))
    assert reserved(market) == 6
    counted(market, 10, "SPB", ago=timedelta(0))
    assert reserved(market) == 0


def test_of_a_minute_only_what_was_counted_anew_is_forgotten(market: Market, later: Callable[[timedelta], None]):
    same_shard = next(
        sku
        for number in range(1000)
        if holds_keys.reserved("", sku := f"S-{number}") == holds_keys.reserved("", "LMP-1")
    )
    stock(market.context, row(same_shard))
    delivers_from(market, "MSK")
    counted(market, 10)
    counted(market, 10, sku=same_shard)
    order_id = market.placed({"LMP-1": 6, same_shard: 5})
    market.accept(order_id)
    market.ship(order_id)
    later(HOUR)
    counted(market, 4, ago=timedelta(0))
    assert (reserved(market), reserved(market, same_shard)) == (0, 5)
    counted(market, 5, sku=same_shard, ago=timedelta(0))
    assert (reserved(market), reserved(market, same_shard)) == (0, 0)


def test_a_newer_figure_is_taken_in_once_whatever_breaks(market: Market, later: Callable[[timedelta], None]):
    delivers_from(market, "MSK")
    counted(market, 10)
    order_id = market.placed({"LMP-1": 6})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4})
    later(HOUR)
    at = clock.stamp(market.context.now)
    write_stock(market.context, [{"sku": "LMP-1", "warehouse": "MSK", "quantity": "6", "at": at}])
    before = kept(market)
    for interruption in chain(crashes(), lost_replies()):
        for item in before:
            market.context.table.put(item)
        with interruption, suppress(ConnectionClosedError):
            recorded(market, "LMP-1")
        recorded(market, "LMP-1")
        assert (reserved(market), len(kept(market))) == (2, 1), interruption


def test_orders_that_come_between_a_figure_and_its_taking_in_are_counted(
    market: Market, later: Callable[[timedelta], None]
):
    delivers_from(market, "MSK")
    counted(market, 10)
    order_id = market.placed({"LMP-1": 6})
    market.accept(order_id)
    market.ship(order_id)
    later(HOUR)
    at = clock.stamp(market.context.now)
    write_stock(market.context, [{"sku": "LMP-1", "warehouse": "MSK", "quantity": "9", "at": at}])
    before = kept(market)
    for race in races(lambda: market.placed({"LMP-1": 3})):
        for item in before:
            market.context.table.put(item)
        with race:
            recorded(market, "LMP-1")
        assert reserved(market) == (3 if race.happened else 0), race


# --- whose warehouses -------------------------------------------------------------------------------------------------


def test_the_stock_of_a_warehouse_binds_one_distributor(market: Market):
    other, _ = distributor(market.context, REGION, name="Elektro", priority=200)
    assert delivers_from(market, "MSK", "SPB").json["stock"] == {"warehouses": ["MSK", "SPB"], "binding": True}
    assert errors(delivers_from(market, "NSK", "SPB", of=other)) == [("/stock/warehouses/1", "taken")]
    assert delivers_from(market, "SPB", binding=False, of=other).status == 200
    delivers_from(market, "MSK")
    assert delivers_from(market, "NSK", "SPB", of=other).status == 200


def test_a_new_distributor_may_begin_with_binding_stock(market: Market):
    form = {"name": "Elektro", "email": "e@elektro.example", "stock": {"warehouses": ["SPB"], "binding": True}}
    url = "/v1/staff/distributors"
    assert market.api.call("POST", url, OPERATIONS, form).json["stock"]["binding"] is True
    assert errors(market.api.call("POST", url, OPERATIONS, form)) == [("/stock/warehouses/0", "taken")]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"binding": True}, "/stock"),
        ({"warehouses": ["MSK", "MSK"]}, "/stock"),
        ({"warehouses": ["?"]}, "/stock/warehouses/0"),
    ],
)
def test_warehouses_that_cannot_be_are_refused(market: Market, given: dict[str, Any], pointer: str):
    form = {"name": "Elektro", "email": "e@elektro.example", "stock": given}
    answer = market.api.call("POST", "/v1/staff/distributors", OPERATIONS, form)
    assert [found for found, _ in errors(answer)] == [pointer]


def test_a_distributor_of_the_region_or_named_or_the_companys_own_is_bound_alike(market: Market):
    delivers_from(market, "MSK")
    assert lacking(market.place({"LMP-1": 1}, distributor_id=market.distributor_id)) == [(0, "LMP-1", 0)]
    company = market.context.table.get(companies_keys.company(market.company_id)) or {}
    market.context.table.put({**company, "distributor_id": market.distributor_id})
    assert lacking(market.place({"LMP-1": 1})) == [(0, "LMP-1", 0)]


# --- many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("a_request_per_thread")
def test_of_many_who_want_the_last_pallet_one_gets_it(local_market: Market):
    delivers_from(local_market, "MSK")
    counted(local_market, 48)
    answers = at_once(CALLERS, lambda number: local_market.place({"LMP-1": 48}, key=f"cart-{number}"))
    assert [answer.status for answer in answers].count(201) == 1
    assert {tuple(lacking(answer)) for answer in answers if answer.status != 201} == {((0, "LMP-1", 0),)}
    assert reserved(local_market) == 48


def test_the_reservations_of_fifty_thousand_articles_fit_into_their_items():
    weights: dict[str, int] = {}
    for number in range(50_000):
        sku = f"{number:05}".rjust(64, "Ж")  # as long as a number may be, two bytes a letter
        key = holds_keys.reserved("dst_1", sku)
        weights[key.sk] = weights.get(key.sk, 0) + item_size({reservations._name(sku): Decimal(1_000_000)})
    assert len(weights) == 32
    assert max(weights.values()) < 100_000
