"""Sixteen callers at the same moment want the same thing over HTTP: as many get it as may, and the totals are exact afterwards."""

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
import requests

from chalicelib.auth.store import MOST_ATTEMPTS
from infra.demo import generator
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from infra.smoke import Codes, confirm, join
from tests.e2e.steps import own_cloud, own_guest  # noqa: F401  a club of its own: nobody else keeps its functions busy
from tests.e2e.test_sign_in import asked
from tests.support.cloud import DeployedClub

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

CALLERS = 16
PRICE = "100.00"


class Partner(NamedTuple):
    """A company, its owner, and who deliver to it."""

    company_id: str
    owner: Portal
    email: str
    distributor_id: str
    sku: str


@pytest.fixture(scope="module")
def admin(guest: Portal) -> Portal:
    return guest.sign_in(STAFF["admin"][1])


@pytest.fixture(scope="module")
def partner(guest: Portal, admin: Portal) -> Partner:
    mark = uuid.uuid4().hex[:8]
    buyer = generator.Company(
        f"Storm {mark}", generator.inn_of(int(mark, 16) % 10**9), "770101001", "RU-MOW", 1, 1, None
    )
    email = f"storm-{mark}@partner.example"
    owner = join(guest, Codes("mailbox"), email, buyer)
    company_id = confirm(admin, owner, buyer)
    sku = f"STORM-{mark}"
    price = {"amount": PRICE, "currency": "RUB"}
    goods = {"sku": sku, "name": "Storm", "name_ru": "Буря", "base_price": price, "vat_percent": "20"}
    [written] = admin.call("PUT", "/v1/staff/products", {"products": [goods]})["items"]
    assert not written["errors"], written
    form = {"name": f"Storm {mark}", "email": f"storm-{mark}@distributor.example", "regions": [{"region": "RU-MOW"}]}
    distributor = admin.post("/v1/staff/distributors", form, expect=201)
    return Partner(company_id, owner, email, distributor["distributor_id"], sku)


def at_once(caller: Portal, path: str, bodies: Sequence[Any], keys: Sequence[str] | None = None) -> list[Any]:
    """All at the same moment, each with its key until the club is not too busy for it: status, and JSON."""
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}

    def send(body: Any, key: str) -> tuple[int, Any]:
        until = time.monotonic() + 300
        while True:
            sent = {**headers, "Idempotency-Key": key}
            answer = requests.post(caller.url + path, json=body, headers=sent, timeout=90)
            if answer.status_code != 503 or time.monotonic() > until:
                return answer.status_code, answer.json()
            time.sleep(float(answer.headers.get("Retry-After", 1)))

    with ThreadPoolExecutor(len(bodies)) as callers:
        return list(callers.map(send, bodies, keys or [uuid.uuid4().hex for _ in bodies]))


def statuses(answers: Sequence[tuple[int, Any]]) -> Counter[int]:
    return Counter(status for status, _ in answers)


def test_orders_take_a_credit_limit_to_its_last_rouble_and_a_key_orders_once(partner: Partner, admin: Portal) -> None:
    path = f"/v1/staff/companies/{partner.company_id}/terms"
    admin.get(path)
    credit = {"number": "K-1", "from": date.today().isoformat(), "credit_limit": "400.00", "deferral_days": 14}
    admin.call("PUT", path, {"contracts": [credit]}, If_Match=admin.etag)
    lines = [{"sku": partner.sku, "quantity": 1}]
    order = {"lines": lines, "distributor_id": partner.distributor_id}
    keys = [f"storm-{uuid.uuid4().hex}" for _ in range(CALLERS // 2)] * 2
    answers = at_once(partner.owner, "/v1/orders", [order] * CALLERS, keys)
    placed = {answer["order_id"] for status, answer in answers if status == 201}
    assert len(placed) == 4, statuses(answers)
    assert {answer["code"] for status, answer in answers if status != 201} == {"credit_exceeded"}
    assert {each["order_id"] for each in partner.owner.get("/v1/orders?limit=100")["items"]} == placed
    for key in keys[: CALLERS // 2]:  # once more, one after the other: nothing is placed twice
        at_once(partner.owner, "/v1/orders", [order], [key])
    assert {each["order_id"] for each in partner.owner.get("/v1/orders?limit=100")["items"]} == placed


def test_redemptions_take_the_bonuses_to_the_last_rouble(partner: Partner, admin: Portal) -> None:
    about = f"/v1/staff/companies/{partner.company_id}"
    admin.order_post(f"{about}/bonus-adjustments", {"amount": "4000.00", "reason": "For the storm"}, expect=201)
    answers = at_once(partner.owner, "/v1/company/redemptions", [{"amount": "1000.00"}] * CALLERS)
    assert statuses(answers)[201] == 4, statuses(answers)
    assert {answer["code"] for status, answer in answers if status != 201} == {"not_enough_bonus"}
    balances = partner.owner.get("/v1/company/bonuses")["balances"]
    assert {name: balances[name]["amount"] for name in ("available", "reserved")} == {
        "available": "0.00",
        "reserved": "4000.00",
    }
    assert len(partner.owner.get("/v1/company/redemptions?limit=100")["items"]) == 4


def test_offers_of_one_person_stop_at_what_one_person_gives(partner: Partner, admin: Portal) -> None:
    path = f"/v1/staff/companies/{partner.company_id}/offers"
    until = (date.today() + timedelta(days=9)).isoformat()
    offer = {"goods": {"skus": [partner.sku]}, "percent": "10", "floor": "1.00", "to": until}
    answers = at_once(admin, path, [offer] * CALLERS)
    assert statuses(answers) == {201: CALLERS}, answers
    assert Counter(answer["state"] == "waiting" for _, answer in answers) == {False: 10, True: 6}
    assert len(admin.get(f"{path}?limit=100")["items"]) == 10


def test_a_code_signs_in_no_oftener_than_answers_may_be_lost(
    cloud: DeployedClub, guest: Portal, partner: Partner
) -> None:
    sign_in_id, code = asked(cloud, guest, partner.email)
    answers = at_once(guest, "/v1/sign-in/confirm", [{"sign_in_id": sign_in_id, "code": code}] * CALLERS)
    assert statuses(answers)[200] == MOST_ATTEMPTS, answers
    assert {answer["code"] for status, answer in answers if status != 200} == {"code_expired"}
