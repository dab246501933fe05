"""A manager's day: the own companies, a claim, an order on behalf, terms and offers, a wish, a company that changes hands."""

from dataclasses import replace
from datetime import timedelta

from infra.demo import generator
from infra.demo.portal import await_
from tests.days.steps import Club, changed, confirmed, done, downloaded, joined, problem, read_file


def test_a_manager_takes_care_of_the_companies(club: Club) -> None:
    manager, today = club.manager, club.today
    buyer = club.buyers()[1]

    # Who are mine, who is this one, and what is to know of it before a call.
    mine = manager.get("/v1/staff/companies?manager=me&count=true&limit=100")
    assert mine["count"] == {"value": len(mine["items"]), "more": False} and len(mine["items"]) >= len(club.buyers())
    assert len(downloaded(manager, "/v1/staff/companies?manager=me")) == len(mine["items"])
    [found] = manager.get(f"/v1/staff/companies?inn={buyer.inn}")["items"]
    path = f"/v1/staff/companies/{found['company_id']}"
    by_name = manager.get(f"/v1/staff/companies?q={buyer.name.split('«')[1][:-1]}")["items"]
    assert [each["company_id"] for each in by_name] == [found["company_id"]]
    card = manager.get(f"{path}/card")
    assert card["company"]["manager"]["name"] == "Мария Мельникова" and card["company"]["distributor"]
    assert manager.get(f"{path}/rhythm")["orders"] > 0
    assert manager.get(f"{path}/analytics")["rows"] and manager.get(f"{path}/statement")["lines"] is not None

    # Somebody claims the company, and is let in once; another word about it is refused with what to do.
    member = joined(club.guest, "Ирина Волгина", "irina@buyer.example")
    assert confirmed(member, manager, buyer) == found["company_id"]
    member_id = member.get("/v1/me")["member_id"]
    told = problem(manager, "POST", f"{path}/confirm", {"member_id": member_id, "role": "buyer"}, status=409)
    assert "владелец" in told["detail"]
    note = {"channel": "telephone", "contact_class": "service", "text": "Познакомились"}
    manager.post(f"/v1/staff/members/{member_id}/contacts", note)

    # Terms, an offer, a tier for a while, and an order by telephone.
    contract = {
        "number": "Д-1",
        "from": str(today),
        "discounts": [{"goods": {"brands": ["Lumera"]}, "percent": "5"}],
        "deferral_days": 30,
        "credit_limit": "300000.00",
    }
    manager.get(f"{path}/terms")
    manager.call("PUT", f"{path}/terms", {"contracts": [contract]}, If_Match=manager.etag)
    offer = {"goods": {"skus": ["PN-P"]}, "percent": "12", "to": str(today + timedelta(days=14)), "note": "Новинка"}
    refused = problem(manager, "POST", f"{path}/offers", offer, status=422, Idempotency_Key="floorless")
    assert refused["errors"][0]["pointer"] == "/floor"
    made = manager.order_post(f"{path}/offers", {**offer, "floor": "1500.00"}, expect=201)
    assert [each["offer_id"] for each in manager.get(f"{path}/offers?state=open")["items"]] == [made["offer_id"]]
    tier = {"tier": "silver", "until": str(today + timedelta(days=20)), "reason": "Обещано на встрече"}
    granted = manager.order_post(f"{path}/manual-tiers", tier, expect=201)
    assert granted["state"] in ("in_force", "waiting")
    order = manager.order_post(f"{path}/orders", {"lines": [{"sku": "PN-P", "quantity": 3}]}, expect=201)
    [listed] = manager.get(f"/v1/staff/orders?number={order['number'].lower()}&manager=me")["items"]
    assert listed["total"] == order["total"]
    assert manager.get(f"/v1/staff/orders?count=true&from={today}&min_total=1")["count"]["value"] >= 1

    # A wish is answered; who waits is named.
    member.post("/v1/demands", {"text": "Светильник 120 см, чёрный", "quantity": 5})
    [wish] = manager.get("/v1/staff/demands/waiting?q=чёрный")["items"]
    assert wish["company_name"] == found["name"] and wish["member_name"] == "Ирина Волгина"
    answered = manager.post(f"/v1/staff/demands/{wish['demand_id']}/answer", {"text": "Привезём в декабре"})
    assert answered["state"] == "answered"
    club.guest.letter("irina@buyer.example", "Привезём в декабре")

    # An INN that was typed wrong is put right; that of another company is refused with the way to join the two.
    other, right = club.buyers()[2], generator.inn_of(909090)
    manager.get(path)
    told = problem(manager, "PATCH", path, {"inn": other.inn, "kpp": other.kpp}, status=409, If_Match=manager.etag)
    assert "/v1/staff/company-joins" in told["detail"]
    [former] = changed(manager, path, {"inn": right})["inns_before"]
    assert former["inn"] == buyer.inn
    assert manager.get(f"/v1/staff/companies?inn={buyer.inn}")["items"] == []
    club.guest.letter("irina@buyer.example", right)
    assert changed(manager, path, {"inn": buyer.inn})["inn"] == buyer.inn

    # Another colleague takes the company over, and gets it back.
    [head] = manager.get("/v1/staff/people?role=head_of_sales")["items"]
    handed = changed(manager, path, {"manager_id": head["member_id"]})
    assert handed["manager"]["name"] == "Хелена Соколова"
    mine_now = manager.get("/v1/staff/companies?manager=me&count=true")["count"]["value"]
    assert mine_now == mine["count"]["value"] - 1
    [own] = manager.get("/v1/staff/people?q=мельникова")["items"]
    changed(club.head, path, {"manager_id": own["member_id"]})
    manager.get("/v1/manager/calls")
    assert problem(manager, "GET", "/v1/staff/dashboard", status=403)["detail"]


def test_a_manager_joins_two_companies_that_are_one(club: Club) -> None:
    manager, today = club.manager, club.today
    old = generator.Company("ООО «Заря»", generator.inn_of(700_000), "770101001", "RU-MOW", 1, 1, None)
    new = replace(old, name="ООО «Заря-Свет»", kpp="500101001")
    product = generator.products()[0]
    documents = [
        generator.document(f"ЗР-{number}", today - timedelta(days=9 - number), each, [(product, 10)])
        for number, each in enumerate((old, new))
    ]
    read_file(club.operations, generator.header() + "".join(documents), file_name="zarya.csv")
    known = {each["name"]: each["company_id"] for each in manager.get(f"/v1/staff/companies?inn={old.inn}")["items"]}
    form = {"company_id": known[old.name], "into_company_id": known[new.name]}
    olga = joined(club.guest, "Ольга Зорина", "olga@zarya.example")
    assert confirmed(olga, manager, old) == known[old.name]

    # What would change, the join, and the letter; she acts for the company that stays, with the purchases of both.
    preview = manager.post("/v1/staff/company-joins/preview", form)
    assert (preview["obstacles"], preview["same_inn"], preview["documents"]) == ([], True, 1)
    started = manager.order_post("/v1/staff/company-joins", {**form, "reason": "Новый КПП"}, expect=202)
    path = f"/v1/staff/company-joins/{started['join_id']}"
    shown = done(manager, path)
    assert (shown["company_name"], shown["into_company_name"]) == (old.name, new.name)
    assert shown["by_name"] == "Мария Мельникова"
    club.guest.letter("olga@zarya.example", "теперь одна компания")
    olga.refresh()
    assert olga.get("/v1/company")["name"] == new.name
    purchases = manager.get(f"/v1/staff/companies/{known[new.name]}/purchases")["items"]
    assert {each["document"] for each in purchases} == {"ЗР-0", "ЗР-1"}

    # It was a mistake: within a day it is undone.
    manager.order_post(f"{path}/undo")
    await_("the end of the undoing", lambda: manager.get(path)["state"] == "undone")
    club.guest.letter("olga@zarya.example", "снова две компании")
    olga.refresh()
    assert olga.get("/v1/company")["name"] == old.name

    # Both order, and it was none: the orders of both are those of the company that stays, and work on.
    pavel = joined(club.guest, "Павел Зорин", "pavel@zarya.example")
    assert confirmed(pavel, manager, new) == known[new.name]
    placed = [
        buyer.order_post("/v1/orders", {"lines": [{"sku": "PN-P", "quantity": 2}]}, expect=201)["order_id"]
        for buyer in (olga, pavel)
    ]
    preview = manager.post("/v1/staff/company-joins/preview", form)
    assert (preview["obstacles"], preview["orders"]) == ([], 1)
    started = manager.order_post("/v1/staff/company-joins", {**form, "reason": "Всё же одна"}, expect=202)
    done(manager, f"/v1/staff/company-joins/{started['join_id']}")
    olga.refresh()
    for buyer in (olga, pavel):
        assert {each["order_id"] for each in buyer.get("/v1/orders")["items"]} == set(placed)
    pavel.order_post(f"/v1/orders/{placed[0]}/cancel", {"note": "Заказали дважды"})
    old_address = manager.get(f"/v1/staff/companies/{known[old.name]}/orders/{placed[0]}")
    assert (old_address["company"]["name"], old_address["state"]) == (new.name, "cancelled")
    shown = manager.get(f"/v1/staff/orders?company_id={known[new.name]}")["items"]
    assert {each["order_id"] for each in shown} == set(placed)
