"""A buyer's day, and what the distributor does with the order: from joining to a return."""

from typing import Any

import requests

from infra.demo.portal import Portal, await_
from tests.days.steps import Club, confirmed, downloaded, joined, problem


def test_a_buyer_orders_and_the_distributor_delivers(club: Club) -> None:
    buyer = club.buyers()[2]
    anna = joined(club.guest, "Анна Светлова", "anna@buyer.example")
    assert problem(anna, "GET", "/v1/products", status=403)["code"] == "company_missing"
    confirmed(anna, club.manager, buyer)
    assert all(each["unlocked"] for each in anna.get("/v1/me/privileges")["privileges"])

    # What the company has: its past, tier and prices, as a page and as files.
    assert anna.get("/v1/company/purchases?count=true")["count"]["value"] > 0
    window = anna.get("/v1/company/tier")["window"]["sum"]
    assert anna.get("/v1/company/tier/explain")["known_now"]["documents_counted"] >= 0
    assert anna.get("/v1/company/contacts")["manager"]["name"] == "Мария Мельникова"
    assert downloaded(anna, "/v1/company/purchases", "ru")[0]["документ"].startswith("УТ-")
    statement = anna.get("/v1/company/statement/file?format=xlsx")
    assert requests.get(statement["url"], timeout=60).status_code == 200
    found = anna.get("/v1/products?q=панель")["items"]
    assert found and anna.get(f"/v1/products/{found[0]['sku']}")["price"]["unit_price"]

    # A colleague is invited; the goods go to a saved address; the order has their own number.
    colleague = {"name": "Борис Борисов", "email": "boris@buyer.example", "role": "buyer"}
    anna.post("/v1/company/people", colleague, expect=201)
    place = {
        "name": "Склад",
        "address": "Москва, Тверская 7",
        "contact_name": "Иван Складов",
        "contact_phone": "+74951234567",
    }
    address = anna.order_post("/v1/company/addresses", place, expect=201)
    lines = [{"sku": "PN-P", "quantity": 30}, {"sku": "HB-N", "quantity": 2}]
    anna.order_post("/v1/cart/lines", {"lines": lines})
    cart = anna.get("/v1/cart")
    assert cart["can_be_ordered"]
    delivery = {"method": "carrier", "address_id": address["address_id"]}
    form = {"cart_version": cart["version"], "delivery": delivery, "buyer_order_number": "З-77"}
    order = anna.order_post("/v1/orders", form, expect=201)
    assert order["total"] == cart["total"]

    shipped = _delivered(club, anna, order)
    assert {each["state"] for each in anna.get("/v1/orders?state=completed")["items"]} == {"completed"}
    await_("the shipment among the purchases", lambda: anna.get("/v1/company/purchases?q=ТН-1")["items"])
    await_("the shipment in the tier's sum", lambda: anna.get("/v1/company/tier")["window"]["sum"] != window or None)
    asked = {"lines": [{"document": shipped, "sku": "PN-P", "quantity": 1}], "reason": "Брак"}
    anna.order_post(f"/v1/orders/{order['order_id']}/returns", asked)
    seen = club.distributor.get(f"/v1/distributor/orders/{order['order_id']}")
    waiting = next(each for each in seen["returns"] if each["state"] == "requested")
    path = f"/v1/distributor/orders/{order['order_id']}/returns/{waiting['return_id']}"
    club.distributor.order_post(f"{path}/accept", {"document": "ВТ-1"})
    await_("the return among the purchases", lambda: anna.get("/v1/company/purchases?kind=return&q=ВТ-1")["items"])

    # Letters and their notifications told of all this; the buyer's own data can be had.
    club.guest.letter("anna@buyer.example", order["number"])
    told = anna.get("/v1/me/notifications?unread=true")["items"]
    assert told
    anna.post("/v1/me/notifications/read", {}, expect=204)
    assert anna.get("/v1/me/notifications?unread=true")["items"] == []
    assert anna.get("/v1/me/data")
    for address in ("usual-order", "new-for-you", "promotions", "offers", "company/credit", "company/bonuses"):
        anna.get(f"/v1/{address}")


def _delivered(club: Club, buyer: Portal, order: Any) -> str:
    """The number of the first of two shipments, which the buyer has seen with its carrier."""
    distributor, path = club.distributor, f"/v1/distributor/orders/{order['order_id']}"
    [queued] = [
        each
        for each in distributor.get("/v1/distributor/orders?state=placed")["items"]
        if each["order_id"] == order["order_id"]
    ]
    assert queued["buyer_order_number"] == "З-77"
    assert distributor.get(path)["delivery"]["address"]["contact_name"] == "Иван Складов"
    distributor.order_post(f"{path}/accept")
    part = {
        "document": "ТН-1",
        "lines": [{"sku": "PN-P", "quantity": 10}],
        "carrier": "Деловые линии",
        "tracking_number": "26-001",
    }
    distributor.order_post(f"{path}/ship", part)
    [shipment] = buyer.get(f"/v1/orders/{order['order_id']}")["shipments"]
    assert (shipment["document"], shipment["carrier"]) == ("ТН-1", "Деловые линии")
    assert problem(distributor, "POST", f"{path}/reject", {"reason": "Нет"}, status=409, Idempotency_Key="late")
    distributor.order_post(f"{path}/ship", {"document": "ТН-2"})
    return "ТН-1"
