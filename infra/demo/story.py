"""A partner's year, through the API alone. Each step says what it saw; a step that sees something else stops the story."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from infra.demo import figures, generator, newsletter, orders, promotions, retention
from infra.demo.portal import Portal, Say, Unexpected, await_
from infra.demo.seed import DISTRIBUTOR_PERSON, DISTRIBUTORS, STAFF, upload

ORDERED = ["PN-P", "TR-P", "HB-N"]


@dataclass(frozen=True)
class Nights:
    """The jobs of the schedules: each invokes its function and returns its counts. `slot` and `letter_results` are for the issue with this id."""

    tiers: Callable[[], dict[str, Any]]
    bonuses: Callable[[], dict[str, Any]]
    recommendations: Callable[[], dict[str, Any]]
    audit: Callable[[], dict[str, Any]]
    figures: Callable[[], None]
    slot: newsletter.Play
    letter_results: newsletter.Play


def without_days_off(figures: str) -> str:
    """The club's figures (TOML) with which managers have calls on whatever day and at whatever time the story is played."""
    for figure in ("working_days = [1, 2, 3, 4, 5, 6, 7]", "holidays = []", 'listed_from = "00:00"'):
        name, *_ = figure.split(" = ")
        figures = re.sub(rf"^{name} = (\[[^]]*\]|.*)", figure, figures, count=1, flags=re.MULTILINE)
    return figures


def play(guest: Portal, today: date, nights: Nights, say: Say) -> str:
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
    # Two years of everybody's sales, of a file before this one, are still being worked off: they hold up nobody.
    asked = time.monotonic()
    before = await_("the tier of all three purchases", lambda: _tier(partner, "379500.00"), patience=60)
    say(f"tier, {time.monotonic() - asked:.1f} s after the file was read: {_told(before)}")
    fall = before["falls_out"][0]
    say(
        f"safe until {before['safe_until']}; on {fall['day']} purchases of {fall['amount']['amount']} leave the window: "
        f"an order of {before['order_to_keep']['amount']} by {before['safe_until']} keeps {before['tier']['name']}"
    )

    found = partner.get(f"/v1/products?q={quote('светодиодную панель')}")["items"]
    say(f"«светодиодную панель» finds {', '.join(each['name_ru'] for each in found)}")
    cart = [{"sku": sku, "quantity": 12} for sku in ORDERED]
    quoted = partner.post("/v1/quotes", {"lines": cart, "explain": True})
    lines = [
        {"sku": each["sku"], "quantity": each["quantity"], "unit_price": each["unit_price"]["amount"]}
        for each in quoted["lines"]
    ]
    order = partner.order_post("/v1/orders", {"lines": lines, "comment": "Склад до 18:00"}, expect=201)
    first = quoted["lines"][0]
    say(
        f"ordered {len(lines)} products at the quoted price, e.g. {first['sku']}: {first['base_price']['amount']} -> "
        f"{first['unit_price']['amount']} ({first['explanation']['rule']['reason']}); "
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
    moved = await_("the new tier", lambda: _moved(partner, before))
    in_russian = partner.get("/v1/company/tier", Accept_Language="ru")["tier"]["name"]
    guest.letter(email, in_russian)
    say(f"the shipment became purchase volume and lifted the tier at once: {_told(moved)}; the letter came")
    why = partner.get("/v1/company/tier/explain")["known_now"]
    say(f"GET /v1/company/tier/explain: «{why['decision']}», {why['documents_counted']} documents counted")

    _bonuses(partner, operations, buyer, today, say)
    tiers, bonuses, recommendations = nights.tiers(), nights.bonuses(), nights.recommendations()
    say(
        f"the nights took up {tiers['companies']} companies for their tier, {bonuses['companies']} for their bonuses, "
        f"{recommendations['companies']} for what they buy together"
    )
    nights.audit()
    balanced = await_("the audit of the ledger", lambda: _audited(operations))
    say(
        f"the ledger's audit: {balanced['companies']} companies, issued {balanced['issued']['amount'].removeprefix('-')}, "
        f"sum of all accounts {balanced['sum']['amount']}, no mismatch"
    )
    _simulation(operations, say)
    cast = orders.Cast(guest, partner, email, manager, operations, distributor, company_id, mark)
    orders.play(cast, today, say)
    promotions.play(partner, manager, company_id, say)
    issue = newsletter.send(guest, consents, mark, today, nights.slot, say)
    retention.play(guest, operations, consents, mark, today, say)
    figures.play(guest, partner, nights.figures, today, say)
    newsletter.measure(issue, nights.letter_results, say)

    marketing = guest.sign_in(STAFF["marketing"][1])
    drafted = marketing.order_post("/v1/staff/reports", REPORT, expect=201)
    marketing.post(f"/v1/staff/reports/{drafted['report_id']}/publish", {})
    report_path = f"/v1/reports/{drafted['report_id']}"
    read = partner.get(report_path, Accept_Language="ru")
    outsider = guest.sign_in(*_join(guest, f"boris.{mark}@partner.example", consents))
    outsider.get(report_path, expect=404)
    say(f"closed report «{read['title']}» opens for {email} and is 404 for a member without a company")

    outsider.post("/v1/companies", claim, expect=202)
    for hidden in ("/v1/company", "/v1/company/tier", "/v1/company/purchases", "/v1/company/people", "/v1/orders"):
        outsider.get(hidden, expect=403)
    say(f"a stranger who names the same INN sees nothing of {company_id}")
    return email


def _bonuses(partner: Portal, operations: Portal, buyer: generator.Company, today: date, say: Say) -> None:
    """The bonuses of the purchases: pending until they are paid, then spent, then accounted for."""
    earned = await_("all accruals", lambda: _accruals(partner, 4), patience=600)
    pending = partner.get("/v1/company/bonuses")["balances"]["pending"]["amount"]
    say(
        f"{len(earned)} purchases earned {pending} bonuses, pending until paid, e.g. {earned[-1]['groups'][0]['reason']}"
    )
    imported = [each for each in earned if each["source"] != "orders"]
    paid = [
        {
            "source": each["source"],
            "document": each["document"],
            "year": int(each["business_date"][:4]),
            "paid_on": today.isoformat(),
        }
        for each in imported
    ]
    results = operations.post("/v1/staff/payments", {"payments": paid})["items"]
    if any(each["result"] != "recorded" for each in results):
        raise Unexpected(f"payments: {results}")
    expected = sum(Decimal(each["bonus"]["amount"]) for each in imported)
    ready = await_("the bonuses that are paid for", lambda: _available(partner, expected))
    lot = ready["lots"][0]
    say(f"{len(paid)} of them are paid: {lot['amount']['amount']} can be spent until {lot['expires_on']}")
    too_much = {"amount": f"{expected + 1:.2f}"}
    refused = partner.order_post("/v1/company/redemptions", too_much, expect=422)
    redemption = partner.order_post("/v1/company/redemptions", {"amount": "1500.00"}, expect=201)
    left = partner.get("/v1/company/bonuses")["balances"]
    say(
        f"{too_much['amount']} are refused ({refused['code']}); 1500.00 are redeemed: "
        f"reserved {left['reserved']['amount']}, available {left['available']['amount']}"
    )
    operations.order_post(
        f"/v1/staff/companies/{ready['company_id']}/redemptions/{redemption['redemption_id']}/complete"
    )
    statement = partner.get("/v1/company/bonuses/statement")
    say(f"the month's statement has {len(statement['lines'])} lines, each with its document")


def _accruals(partner: Portal, count: int) -> Any:
    items = partner.get("/v1/company/accruals")["items"]
    return items if len(items) == count else None


def _available(partner: Portal, expected: Decimal) -> Any:
    found = partner.get("/v1/company/bonuses")
    return found if Decimal(found["balances"]["available"]["amount"]) == expected else None


def _audited(operations: Portal) -> Any:
    """The club's totals, once the audit has counted them."""
    audit = operations.get("/v1/staff/bonus-proof")
    if audit["mismatches"]:
        raise Unexpected(f"the ledger does not balance: {audit['mismatches']}")
    return next((each for each in audit["totals"] if each["companies"] >= 1), None)


def _simulation(operations: Portal, say: Say) -> None:
    """The effect of a higher ladder on the club's last twelve months."""
    present = next(each for each in operations.get("/v1/staff/tier-ladders")["items"] if each["state"] == "active")
    steps = [{**each, "from_sum": str(Decimal(each["from_sum"]) * 2)} for each in present["steps"]]
    draft = operations.order_post(
        "/v1/staff/tier-ladders", {"version": "twice as high", "currency": "RUB", "steps": steps}, expect=201
    )
    started = operations.order_post(f"/v1/staff/tier-ladders/{draft['ladder_id']}/simulate", expect=202)
    path = f"/v1/staff/tier-simulations/{started['simulation_id']}"

    def done() -> Any:
        simulation = operations.get(path)
        return simulation if simulation["state"] == "done" else None

    result = await_("the simulation", done)["result"]
    say(
        f"a ladder twice as high, simulated over 12 months: {result['companies']} companies, {result['up']} up, {result['down']} down, "
        f"{result['unchanged']} unchanged; discount given {result['discount_before']['amount']} -> {result['discount_after']['amount']}"
    )


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


def _tier(partner: Portal, window_sum: str) -> Any:
    standing = partner.get("/v1/company/tier")
    return standing if standing["window"]["sum"]["amount"] == window_sum else None


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
