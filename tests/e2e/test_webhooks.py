"""Webhooks on the deployed stack: a receiver on this machine that is down at first, takes everything later, and checks each signature."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from tests.companies.steps import legal_inn
from tests.support.cloud import DeployedClub

TOLERANCE = 300  # seconds, as the libraries of Standard Webhooks have it


@dataclass
class Receiver:
    """A distributor's system: refuses while it is down, and knows a message again by its id."""

    url: str = ""
    secret: str = ""
    down: bool = False
    refused: int = 0
    taken: dict[str, Any] = field(default_factory=dict)

    def post(self, headers: Any, body: bytes) -> int:
        if self.down:
            self.refused += 1
            return 503
        message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        signatures = headers["webhook-signature"].split(" ")
        if f"v1,{base64.b64encode(digest).decode()}" not in signatures or abs(time.time() - int(timestamp)) > TOLERANCE:
            return 401
        self.taken.setdefault(message_id, json.loads(body))
        return 204

    def types(self) -> list[str]:
        return [message["type"] for message in self.taken.values()]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(receiver.post(self.headers, self.rfile.read(int(self.headers["content-length"]))))
            self.end_headers()

        def log_message(self, *about: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
        Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()


def test_orders_reach_the_distributors_system_signed_and_in_order(
    cloud: DeployedClub, guest: Portal, receiver: Receiver
) -> None:
    mark = uuid.uuid4().hex
    operations, manager = guest.sign_in(STAFF["operations"][1]), guest.sign_in(STAFF["manager"][1])
    dispatcher = connected(guest, operations, receiver, mark)
    buyer = partner(guest, manager, mark)

    dispatcher.post("/v1/distributor/webhook/test", expect=202)
    cloud.until(lambda: receiver.types() or None, "the test message")
    assert receiver.types() == ["webhook.test"]

    receiver.down = True
    order = buyer.order_post("/v1/orders", {"lines": [{"sku": f"HOOK-{mark}", "quantity": 2}]}, expect=201)
    dispatcher.order_post(f"/v1/distributor/orders/{order['order_id']}/accept", {})
    cloud.until(lambda: True if receiver.refused >= 2 else None, "a second try")
    receiver.down = False
    cloud.until(lambda: True if len(receiver.taken) == 3 else None, "both messages")
    dispatcher.order_post(f"/v1/distributor/orders/{order['order_id']}/ship", {"document": f"ТН-{mark}"})
    cloud.until(lambda: True if len(receiver.taken) == 4 else None, "the shipment")
    assert receiver.types()[1:] == ["order.placed", "order.accepted", "order.shipped"]
    shipped = list(receiver.taken.values())[-1]["data"]
    assert shipped["order"]["order_id"] == order["order_id"]
    assert shipped["order"]["state"] == "completed"
    assert shipped["change"] == {"document": f"ТН-{mark}"}

    def all_delivered() -> Any:
        items = dispatcher.get("/v1/distributor/webhook/deliveries")["items"]
        return items if {each["state"] for each in items} == {"delivered"} else None

    items = cloud.until(all_delivered, "the notes of what was delivered")
    assert [each["type"] for each in reversed(items)] == receiver.types()
    assert items[2]["attempts"] >= 3, "the first message on the order was refused at first"

    seen = list(receiver.taken)
    receiver.taken.clear()
    dispatcher.post(f"/v1/distributor/webhook/deliveries/{items[0]['delivery_id']}/replay", expect=202)
    cloud.until(lambda: list(receiver.taken) or None, "the message once more")
    assert list(receiver.taken) == [seen[-1]]


def connected(guest: Portal, operations: Portal, receiver: Receiver, mark: str) -> Portal:
    """A distributor of a region of its own; somebody of it, and its system."""
    lamp = {"sku": f"HOOK-{mark}", "name": "Lamp", "name_ru": "Лампа", "vat_percent": "20"}
    price = {"base_price": {"amount": "120", "currency": "RUB"}}
    operations.call("PUT", "/v1/staff/products", {"products": [lamp | price]})
    form = {"name": "Hook light", "email": f"orders.{mark}@distributor.example", "regions": [{"region": "XZ-HOK"}]}
    made = operations.post("/v1/staff/distributors", form, expect=201)
    person = {"name": "Dina Dispatcherova", "email": f"dina.{mark}@distributor.example"}
    operations.post(f"/v1/staff/distributors/{made['distributor_id']}/people", person)
    dispatcher = guest.sign_in(person["email"])
    told = dispatcher.call("PUT", "/v1/distributor/webhook", {"url": receiver.url}, If_Match='"0"')
    receiver.secret = told["secret"]
    return dispatcher


def partner(guest: Portal, manager: Portal, mark: str) -> Portal:
    """The owner of a company in that region, who may order."""
    email = f"anna.{mark}@partner.example"
    consents = [{"purpose": "personal_data", "version": "2026-1", "agreed": True}]
    form = {"name": "Anna Svetlova", "email": email, "consents": consents}
    owner = guest.sign_in(email, guest.post("/v1/registrations", form, expect=202))
    member = owner.get("/v1/me")
    owner.call("PATCH", "/v1/me", {"phone": "+74951234567"}, If_Match=owner.etag)
    inn = legal_inn(int(mark[:5], 16))
    owner.post("/v1/companies", {"name": "Hook", "inn": inn, "kpp": "770101001", "region": "XZ-HOK"}, expect=202)
    [company] = manager.get(f"/v1/staff/companies?inn={inn}&kpp=770101001")["items"]
    confirmed = {"member_id": member["member_id"], "role": "owner"}
    manager.post(f"/v1/staff/companies/{company['company_id']}/confirm", confirmed)
    owner.refresh()
    return owner
