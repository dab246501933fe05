"""A partner's year, through the API alone. Each step says what it saw; a step that sees something else stops the story."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from infra.demo import generator
from infra.demo.filling import DISTRIBUTOR_PERSON, DISTRIBUTORS, STAFF, Say, upload
from infra.demo.portal import Portal, await_

ORDERED = ["PN-P", "TR-P", "HB-N"]


def play(guest: Portal, today: date, run_nightly: Callable[[], dict[str, Any]], say: Say) -> str:
    """Returns the partner's email. Each play brings a new partner of a new company, so it can be played again and again."""
    mark = f"{time.time_ns() // 1_000_000 % 10**9:09d}"
    email = f"anna.{mark}@partner.example"
    buyer = generator.Company(
        f"ООО «Светлый дом {mark}»", generator.inn_of(int(mark) + 100_000), "770101001", "RU-MOW", 1, 1, None
    )

    club = guest.get("/v1/club")
    say(
        f"GET /v1/club: «{club['title']}», {len(club['benefits'])} benefits, consents: "
        + ", ".join(consent["purpose"] for consent in club["consents"])
    )

    consents = [{"purpose": each["purpose"], "version": each["version"], "agreed": True} for each in club["consents"]]
    form = {"name": "Анна Светлова", "email": email, "language": "ru", "consents": consents}
    started = guest.post("/v1/registrations", form, expect=202)
    partner = guest.sign_in(email, started)
    code_letter = guest.letters(email)[0]
    say(f"joined as {email}; letter «{code_letter['subject']}» brought the code; signed in")
    guest.letter(email, "Добро пожаловать")

    locked = [each for each in partner.get("/v1/me/privileges")["privileges"] if not each["unlocked"]]
    say("still locked: " + "; ".join(f"{each['name']} needs {', '.join(each['missing'])}" for each in locked))

    partner.get("/v1/me")
    partner.call("PATCH", "/v1/me", {"phone": "8 495 123-45-67"}, If_Match=partner.etag)
    wrong = {"name": buyer.name, "inn": buyer.inn[:-1] + str((int(buyer.inn[-1]) + 1) % 10), "kpp": buyer.kpp}
    partner.post("/v1/companies", wrong, expect=422)
    claim = {"name": buyer.name, "inn": buyer.inn, "kpp": buyer.kpp, "region": buyer.region}
    partner.post("/v1/companies", claim, expect=202)
    partner.get("/v1/company/tier", expect=403)
    say(f"phone and company given (a wrong INN was refused); until a manager confirms, {buyer.name} stays closed")

    manager = guest.sign_in(STAFF["manager"][1])
    waiting = await_("the claim in the manager's list", lambda: _claim(manager, buyer.inn))
    manager.post(
        f"/v1/staff/companies/{waiting['company_id']}/confirm", {"member_id": waiting["member_id"], "role": "owner"}
    )
    partner.refresh()
    unlocked = [each["name"] for each in partner.get("/v1/me/privileges")["privileges"] if each["unlocked"]]
    say("a manager confirmed; unlocked: " + ", ".join(unlocked))
    company_id = waiting["company_id"]

    operations = guest.sign_in(STAFF["operations"][1])
    report = upload(operations, history(buyer, today), lambda text: None, "history.csv")
    say(
        f"staff uploaded a sales file: {report['documents']['created']} documents created, {report['rows']['failed']} bad rows"
    )
    before = await_("the tier", lambda: _tier(partner))
    say("tier: " + _told(before))

    products = {each["sku"]: each for each in partner.get("/v1/products?limit=100")["items"]}
    lines = [{"sku": sku, "quantity": 12} for sku in ORDERED]
    order = partner.order_post("/v1/orders", {"lines": lines, "comment": "Склад до 18:00"}, expect=201)
    say(
        f"ordered {len(lines)} products at the tier price, e.g. {products[ORDERED[0]]['name']}: "
        f"{products[ORDERED[0]]['base_price']['amount']} -> {products[ORDERED[0]]['price']['unit_price']['amount']}; "
        f"order {order['number']} of {order['total']['amount']} {order['total']['currency']}"
    )

    guest.letter(DISTRIBUTORS[0][1], order["number"])
    distributor = guest.sign_in(DISTRIBUTOR_PERSON[1])
    queue = await_(
        "the order in the queue",
        lambda: [
            each for each in distributor.get("/v1/distributor/orders")["items"] if each["order_id"] == order["order_id"]
        ],
    )
    path = f"/v1/distributor/orders/{queue[0]['order_id']}"
    distributor.order_post(f"{path}/accept")
    distributor.order_post(f"{path}/ship", {"document": f"ТН-{mark}"})
    final = partner.get(f"/v1/orders/{order['order_id']}")
    say(f"{DISTRIBUTORS[0][0]} got a letter, accepted, shipped under ТН-{mark}: the order is {final['state']}")

    await_("the shipment among the purchases", lambda: _bought(partner, f"ТН-{mark}"))
    after = await_("the window sum", lambda: _grown(partner, before))
    say(
        f"the shipment became purchase volume: window sum {after['window']['sum']['amount']}, "
        f"tier still {after['tier']['name']}, tonight {after['tonight']['name']}"
    )

    night = run_nightly()
    moved = await_("the new tier", lambda: _moved(partner, before))
    in_russian = partner.get("/v1/company/tier", Accept_Language="ru")["tier"]["name"]
    guest.letter(email, in_russian)
    say(f"the nightly run took up {night['companies']} due companies; {_told(moved)}; the letter came")

    marketing = guest.sign_in(STAFF["marketing"][1])
    published = marketing.order_post("/v1/staff/reports", REPORT, expect=201)
    report_path = f"/v1/reports/{published['report_id']}"
    read = partner.get(report_path, Accept_Language="ru")
    outsider = guest.sign_in(*_join(guest, f"boris.{mark}@partner.example", consents))
    outsider.get(report_path, expect=404)
    say(f"closed report «{read['title']}» opens for {email} and is 404 for a member without a company")

    outsider.post("/v1/companies", claim, expect=202)
    for hidden in ("/v1/company", "/v1/company/tier", "/v1/company/purchases", "/v1/company/people", "/v1/orders"):
        outsider.get(hidden, expect=403)
    say(f"a stranger who names the same INN sees nothing of {company_id}")
    return email


def history(buyer: generator.Company, today: date) -> str:
    """Three purchases within the window, 379 500 RUB in all: the third step, a little below the next."""
    goods = {product.sku: product for product in generator.products()}
    return generator.header() + "".join(
        generator.document(f"{buyer.inn}-{number}", today - timedelta(days=ago), buyer, [(goods["HB-N"], quantity)])
        for number, (ago, quantity) in enumerate([(70, 20), (40, 21), (10, 14)], start=1)
    )


REPORT = {
    "title": "LED retrofit market, third quarter",
    "title_ru": "Рынок светодиодной модернизации, третий квартал",
    "segment": "lighting",
    "summary": "What projects buy, at what price, and what changes.",
    "summary_ru": "Что покупают проекты, по какой цене и что меняется.",
    "body": "# Demand\n\nMade-up figures of a made-up market, for the demonstration.",
    "body_ru": "# Спрос\n\nПридуманные цифры придуманного рынка, для демонстрации.",
}


def _join(guest: Portal, email: str, consents: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    form = {"name": "Борис Чужой", "email": email, "language": "ru", "consents": consents}
    return email, guest.post("/v1/registrations", form, expect=202)


def _claim(manager: Portal, inn: str) -> dict[str, Any] | None:
    for company in manager.get("/v1/staff/companies?status=waiting&limit=100")["items"]:
        if company["inn"] == inn:
            return {"company_id": company["company_id"], "member_id": company["waiting"]["member_id"]}
    return None


def _tier(partner: Portal) -> Any:
    standing = partner.get("/v1/company/tier")
    return standing if standing["tier"]["code"] else None


def _grown(partner: Portal, before: Any) -> Any:
    standing = partner.get("/v1/company/tier")
    return standing if standing["window"]["sum"] != before["window"]["sum"] and standing["tonight"] else None


def _moved(partner: Portal, before: Any) -> Any:
    standing = partner.get("/v1/company/tier")
    return standing if standing["tier"]["code"] != before["tier"]["code"] else None


def _bought(partner: Portal, document: str) -> Any:
    return [each for each in partner.get("/v1/company/purchases")["items"] if document in each["document"]]


def _told(standing: dict[str, Any]) -> str:
    step = standing["next_step"]
    ahead = f"{step['missing']['amount']} to {step['tier']['name']}" if step else "the top"
    return (
        f"{standing['tier']['name']}, discount {standing['tier']['discount_percent']} %, "
        f"window sum {standing['window']['sum']['amount']} {standing['window']['sum']['currency']}, {ahead}"
    )
