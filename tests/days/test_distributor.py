"""A distributor's day, by its own system: orders accepted at once, a file of shipments, a return, stock. No person signs in for it."""

from base64 import b64encode
from datetime import timedelta

from infra.demo.portal import Portal
from tests.days.steps import Club, confirmed, joined, problem

ORDERS = "/v1/distributor/orders"


def test_a_distributors_system_delivers_the_orders_of_a_day(club: Club, machine: Portal) -> None:
    yesterday, today, tomorrow = (club.today + timedelta(days=days) for days in (-1, 0, 1))
    buyer = joined(club.guest, "Олеся Лунева", "olesya@buyer.example")
    confirmed(buyer, club.manager, club.buyers()[3])
    placed = [
        buyer.order_post("/v1/orders", {"lines": [{"sku": sku, "quantity": 20}]}, expect=201)
        for sku in ("pn-p", "PN-P", "РN-P")  # small letters, and one of the other alphabet
    ]
    assert {line["sku"] for order in placed for line in order["lines"]} == {"PN-P"}
    last = buyer.order_post("/v1/orders", {"lines": [{"sku": "HB-N", "quantity": 3}]}, expect=201)

    # Who we are, and what came today; three orders are accepted at once, one is rejected with its reason.
    assert machine.get("/v1/distributor")["regions"] and machine.get("/v1/distributor/people")["items"]
    # It may be midnight meanwhile.
    came = machine.get(f"{ORDERS}?state=placed&from={today}&to={tomorrow}&count=true&limit=100")
    assert {each["order_id"] for each in (*placed, last)} <= {each["order_id"] for each in came["items"]}
    ids = [order["order_id"] for order in placed]
    answers = machine.post(f"{ORDERS}/accept", {"order_ids": [*ids, "ord_none"]})["items"]
    assert [each["result"] for each in answers] == ["accepted", "accepted", "accepted", "failed"]
    again = machine.post(f"{ORDERS}/accept", {"order_ids": ids})["items"]
    assert {each["result"] for each in again} == {"unchanged"}
    machine.order_post(f"{ORDERS}/{last['order_id']}/reject", {"reason": "Снято с производства"})

    # One file ships the orders of the day; its wrong rows are named; brought again it changes nothing.
    numbers = [order["number"] for order in placed]
    rows = [
        "Номер заказа;Накладная;Перевозчик;Трек-номер;Артикул;Количество",
        f"{numbers[0]};РН-1;ПЭК;77-1;;",
        f"{numbers[1]};РН-2;ПЭК;77-2;pn-p;5",
        f"{numbers[2]};РН-3;;;PN-P;много",
        "261120-ZZZZZ;РН-4;;;;",
    ]
    file = {"content": b64encode("\n".join(rows).encode("cp1251")).decode()}
    results = machine.post("/v1/distributor/shipment-files", file)["items"]
    assert [each["result"] for each in results] == ["shipped", "shipped", "failed", "failed"]
    assert [each["errors"][0]["pointer"] for each in results[2:]] == ["/4/quantity", "/order"]
    assert all(each["errors"][0]["detail"] for each in results[2:])
    again = machine.post("/v1/distributor/shipment-files", file)["items"]
    assert [each["result"] for each in again] == ["unchanged", "unchanged", "failed", "failed"]
    shown = buyer.get(f"/v1/orders/{ids[0]}")
    assert (shown["state"], shown["shipments"][0]["tracking_number"]) == ("completed", "77-1")
    assert buyer.get(f"/v1/orders/{ids[1]}")["state"] == "partly_shipped"
    club.guest.letter("olesya@buyer.example", numbers[0])

    # The carrier gives a number, and another one, later: by a file, and by a person.
    late = f"Номер заказа;Накладная;Трек-номер\n{numbers[1]};РН-2;77-3\n".encode()
    for result in ("tracked", "unchanged"):
        [told] = machine.post("/v1/distributor/shipment-files", {"content": b64encode(late).decode()})["items"]
        assert (told["result"], told["errors"]) == (result, [])
    club.distributor.order_post(f"{ORDERS}/{ids[0]}/track", {"document": "РН-1", "tracking_number": "77-4"})
    for order_id, number in ((ids[0], "77-4"), (ids[1], "77-3")):
        [shipment] = buyer.get(f"/v1/orders/{order_id}")["shipments"]
        assert (shipment["carrier"], shipment["tracking_number"]) == ("ПЭК", number)
        club.guest.letter("olesya@buyer.example", number)

    # Goods come back, and the stock is told.
    form = {"lines": [{"document": "РН-1", "sku": "PN-P", "quantity": 2}], "reason": "Брак"}
    asked = buyer.order_post(f"/v1/orders/{ids[0]}/returns", form)
    [waiting] = asked["returns"]
    path = f"{ORDERS}/{ids[0]}/returns/{waiting['return_id']}"
    assert machine.order_post(f"{path}/accept", {"document": "ВЗ-1"})["returns"][0]["state"] == "accepted"
    warehouse = {"stock": [{"sku": "pn-p", "warehouse": "NOT-OURS", "quantity": 1, "at": f"{yesterday}T12:00:00Z"}]}
    [refused] = machine.call("PUT", "/v1/distributor/stock", warehouse)["items"]
    assert refused["errors"][0]["code"] == "not_yours"
    distributor = f"/v1/staff/distributors/{machine.get('/v1/distributor')['distributor_id']}"
    club.operations.get(distributor)
    ours = {"stock": {"warehouses": ["CENTER"]}}
    club.operations.call("PATCH", distributor, ours, If_Match=club.operations.etag)
    counted = {"sku": "pn-p", "warehouse": "CENTER", "quantity": 400, "at": f"{yesterday}T12:00:00Z"}
    machine.call("PUT", "/v1/distributor/stock", {"stock": [counted]})
    for reader in (machine, club.distributor):
        [panel] = reader.get("/v1/distributor/stock?warehouse=CENTER&count=true")["items"]
        assert (panel["sku"], panel["available"], panel["stock"][0]["quantity"]) == ("PN-P", 400, "400")

    # Its people and contacts are its people's to change.
    assert problem(machine, "POST", "/v1/distributor/people", {"name": "X Y", "email": "x@y.example"}, status=403)
