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
        ("УТ-14", "failed", [("/8/quantity", "whole_number")]),
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


def test_a_register_as_1c_exports_it_is_read(market: Market) -> None:
    whole, part = accepted(market), accepted(market, {"LMP-1": 10, "LMP-2": 12})
    text = (
        "Реестр отгрузок за 20.11.2026;;;;;;;\n;;;;;;;\n"
        "№;Заказ клиента;Реализация (акт, накладная, УПД);Дата отгрузки;Служба доставки;Трек номер;Номенклатура.Артикул;Кол-во\n"
        f"1;Заказ клиента {part['number']} от 20.11.2026;РН-1;20.11.2026 12:15:00;ПЭК;77;LMP-1;4,000\n"
        "2;;;;;;LMP-2;12,000\n"
        f"3;{whole['number']};РН-2;;;;;\n"
        ";Итого;;;;;;16,000\n"
    )
    assert results(bring(market, text.encode("cp1251"))) == [("РН-1", "shipped", []), ("РН-2", "shipped", [])]
    [shipment] = market.order(part["order_id"])["shipments"]
    assert [(line["sku"], line["quantity"]) for line in shipment["lines"]] == [("LMP-1", 4), ("LMP-2", 12)]
    assert (shipment["carrier"], shipment["tracking_number"], shipment["day"]) == ("ПЭК", "77", "2026-11-20")


def test_a_document_that_is_recorded_with_something_else_is_told_and_not_passed_over(market: Market) -> None:
    number = accepted(market, {"LMP-1": 10, "LMP-2": 12})["number"]
    heading = "Заказ;Накладная;Дата;Перевозчик;Трек-номер;Артикул;Количество\n"
    assert results(bring(market, f"{heading}{number};А-1;;ПЭК;;LMP-1;3\n")) == [("А-1", "shipped", [])]
    for row, pointers in (
        ("А-1;;ПЭК;;LMP-1;3", []),
        ("А-1;20.11.2026;;;lmp-1;3", []),
        ("А-1;;;;;", []),
        ("А-1;;;;LMP-1;4", ["/document"]),
        (f"А-1;;;;LMP-1;3\n{number};А-1;;;;LMP-2;1", ["/document"]),
        ("А-1;19.11.2026;;;;", ["/day"]),
        ("А-1;19.11.2026;ДЛ;26-1;;", ["/day", "/carrier", "/tracking_number"]),
    ):
        before = everything(market.context)
        [told] = bring(market, f"{heading}{number};{row}\n").json["items"]
        assert [each["pointer"] for each in told["errors"]] == pointers, row
        assert {each["code"] for each in told["errors"]} <= {"recorded_otherwise"}
        assert told["result"] == ("failed" if pointers else "unchanged"), row
        assert everything(market.context) == before
    [told] = bring(market, f"{heading}{number};А-1;;ДЛ;;LMP-1;4\n").json["items"]
    assert [each["detail"] for each in told["errors"]] == [
        "The document is recorded already, with: LMP-1 3.",
        "The document is recorded already, with: ПЭК.",
    ]


def test_a_later_file_brings_the_numbers_of_recorded_documents_and_again_changes_nothing(market: Market) -> None:
    orders = [accepted(market), accepted(market)]
    first, second = [each["number"] for each in orders]
    assert results(bring(market, f"Заказ;Накладная;Перевозчик\n{first};А-1;ПЭК\n{second};А-2;\n")) == [
        ("А-1", "shipped", []),
        ("А-2", "shipped", []),
    ]
    text = f"Заказ;Накладная;Перевозчик;Трек-номер\n{first};А-1;;26-1\n{second};А-2;ДЛ;26-2\n"
    assert results(bring(market, text)) == [("А-1", "tracked", []), ("А-2", "tracked", [])]
    found = [market.order(each["order_id"])["shipments"][0] for each in orders]
    assert [(each["carrier"], each["tracking_number"]) for each in found] == [("ПЭК", "26-1"), ("ДЛ", "26-2")]
    before = everything(market.context)
    assert results(bring(market, text)) == [("А-1", "unchanged", []), ("А-2", "unchanged", [])]
    assert everything(market.context) == before
    corrected = f"Заказ;Накладная;Трек-номер\n{first};А-1;26-3\n"
    assert results(bring(market, corrected)) == [("А-1", "tracked", [])]
    numbers = [event["tracking_number"] for event in market.events() if event["event"] == "order.tracked"]
    assert sorted(numbers) == ["26-1", "26-2", "26-3"]


def test_what_an_order_refuses_as_a_whole_is_told_of_its_column(market: Market) -> None:
    first, second, placed = (
        accepted(market)["number"],
        accepted(market)["number"],
        market.order(market.placed())["number"],
    )
    rows = "".join(f"{number};А-1\n" for number in (first, second, placed))
    assert results(bring(market, f"Заказ;Накладная\n{rows}")) == [
        ("А-1", "shipped", []),
        ("А-1", "failed", [("/document", "already_exists")]),
        ("А-1", "failed", [("/order", "wrong_state")]),
    ]


def test_an_article_named_twice_is_told_with_its_lines_of_the_file(market: Market) -> None:
    number = accepted(market, {"LMP-1": 10})["number"]
    rows = "".join(f"{number};А-1;LMP-1;{units}\n" for units in (1, 2))
    [told] = bring(market, f"Отгрузки\nЗаказ;Накладная;Артикул;Количество\n{rows}").json["items"]
    assert [(each["pointer"], each["detail"]) for each in told["errors"]] == [
        ("/4/sku", "Line 3 is of this product too: put them together.")
    ]


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


@pytest.mark.parametrize(
    "content", ["order;document\n", "order;document\n;\n;\n", "order;note\n1;2\n", b"%PDF-1.7 no table", b"\x89PNG"]
)
def test_a_file_without_a_heading_is_refused_with_the_reason(market: Market, content: str | bytes) -> None:
    refused = bring(market, content)
    assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "/content"


def test_a_file_of_too_many_shipments_is_refused_whole(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_SHIPMENTS", 1)
    number = accepted(market)["number"]
    refused = bring(market, f"order;document\n{number};A\n{number};B\n")
    assert refused.json["errors"][0]["code"] == "too_many"
    assert market.api.call("POST", PATH, market.operator, {"content": "no base64!"}).status == 422
