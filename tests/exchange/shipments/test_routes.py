"""One file with the shipments of many orders."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from chalicelib.exchange.shipments import service
from tests.orders.conftest import memory_market as memory_market
from tests.orders.steps import Market
from tests.support.partners import distributor
from tests.support.table import everything

PATH = "/v1/distributor/shipment-files"


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


def bring(market: Market, content: str | bytes) -> Any:
    coded = b64encode(content.encode("utf-8-sig") if isinstance(content, str) else content).decode()
    return market.api.call("POST", PATH, market.operator, {"content": coded})


def accepted(market: Market, lines: dict[str, int] | None = None) -> Any:
    order_id = market.placed(lines)
    assert market.accept(order_id).status == 200
    return market.order(order_id)


def results(answer: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
    assert answer.status == 200, answer.text
    return [
        (each["document"], each["result"], [(error["pointer"], error["code"]) for error in each["errors"]])
        for each in answer.json["items"]
    ]


def test_orders_are_shipped_whole_and_in_parts_and_a_wrong_row_stops_none(market: Market) -> None:
    whole, part = accepted(market), accepted(market, {"LMP-1": 10, "LMP-2": 12})
    text = (
        "Отгрузки за день;;;;;;\n"
        "Номер заказа;Накладная;Дата;Перевозчик;Трек-номер;Артикул;Количество\n"
        f"{whole['number'].lower()};УТ-10;20.11.2026;Деловые Линии;26-0054;;\n"
        f"{part['number']};УТ-11;;;;lmp-1;4\n"
        f"{part['number']};УТ-11;;ПЭК;;LMP-2;12\n"
        "261120-ZZZZZ;УТ-12;;;;;\n"
        f"{part['number']};УТ-13;завтра;;;;\n"
        f"{part['number']};УТ-14;;;;LMP-1;много\n"
        f"{part['number']};УТ-15;;;;LMP-1;7\n"
    )
    expected = [
        ("УТ-10", "shipped", []),
        ("УТ-11", "shipped", []),
        ("УТ-12", "failed", [("/order", "unknown_order")]),
        ("УТ-13", "failed", [("/day", "date")]),
        ("УТ-14", "failed", [("/8/quantity", "number")]),
        ("УТ-15", "failed", [("/9/quantity", "above_left")]),
    ]
    assert results(bring(market, text)) == expected
    shipped = market.order(whole["order_id"])
    [shipment] = shipped["shipments"]
    assert (shipped["state"], shipment["carrier"], shipment["tracking_number"]) == (
        "completed",
        "Деловые Линии",
        "26-0054",
    )
    parts = market.order(part["order_id"])
    assert (parts["state"], parts["shipments"][0]["carrier"]) == ("partly_shipped", "ПЭК")
    before = everything(market.context)
    again = [
        (document, "unchanged" if result == "shipped" else result, errors) for document, result, errors in expected
    ]
    assert results(bring(market, text)) == again
    assert everything(market.context) == before


def test_a_workbook_is_a_file_too(market: Market) -> None:
    order = accepted(market)
    made = BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Заказ", "УПД", "Артикул", "Количество"])
    sheet.write_row(1, 0, [order["number"], 1024, "LMP-1", 3])
    book.close()
    assert results(bring(market, made.getvalue())) == [("1024", "shipped", [])]
    assert market.order(order["order_id"])["shipments"][0]["lines"][0]["quantity"] == 3


def test_another_distributors_order_is_unknown(market: Market) -> None:
    number = accepted(market)["number"]

    _, other = distributor(market.context, "RU-SPE", name="Else")
    coded = b64encode(f"order;document\n{number};X-1".encode()).decode()
    answer = market.api.call("POST", PATH, other, {"content": coded})
    assert results(answer) == [("X-1", "failed", [("/order", "unknown_order")])]


@pytest.mark.parametrize("content", ["order;note\n1;2\n", b"%PDF-1.7 no table", b"\x89PNG"])
def test_a_file_without_a_heading_is_refused_with_the_reason(market: Market, content: str | bytes) -> None:
    refused = bring(market, content)
    assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "/content"


def test_a_file_of_too_many_shipments_is_refused_whole(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_SHIPMENTS", 1)
    number = accepted(market)["number"]
    refused = bring(market, f"order;document\n{number};A\n{number};B\n")
    assert refused.json["errors"][0]["code"] == "too_many"
    assert market.api.call("POST", PATH, market.operator, {"content": "no base64!"}).status == 422
