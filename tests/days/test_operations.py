"""A day of operations: files, stock, payments, bonuses above the limit, the next ladder, the distributor's card."""

from datetime import timedelta

import requests

from infra.demo import generator
from tests.days.steps import Club, changed, done, downloaded, problem, read_file


def test_operations_keep_the_books_of_the_club(club: Club) -> None:
    operations, today = club.operations, club.today
    buyer, product = club.buyers()[0], generator.products()[0]

    # A file with a wrong row is read but for that document; mended, it is brought again; the first one is taken back.
    good = generator.document("ДН-1", today - timedelta(days=3), buyer, [(product, 10)])
    wrong = generator.document("ДН-2", today - timedelta(days=3), buyer, [(product, 5)]).replace(";5;", ";пять;")
    report = read_file(operations, generator.header() + good + wrong, file_name="day.csv")
    assert (report["documents"]["created"], report["rows"]["failed"]) == (1, 1)
    bad = requests.get(report["bad_rows"]["url"], timeout=60).content.decode("utf-8-sig")
    assert "ДН-2" in bad and "пять" in bad
    again = read_file(operations, generator.header() + good + wrong.replace("пять", "5"), file_name="day.csv")
    assert again["documents"] == {"created": 1, "changed": 0, "unchanged": 1, "failed": 0}
    assert len(operations.get("/v1/staff/imports?q=DAY&state=done")["items"]) == 2
    assert {"day.csv", "sales.csv"} <= {row["файл"] for row in downloaded(operations, "/v1/staff/imports", "ru")}
    found = operations.get(f"/v1/staff/companies?inn={buyer.inn}")["items"]
    company = f"/v1/staff/companies/{found[0]['company_id']}"
    listed = operations.get(f"{company}/purchases?q=дн-&count=true")
    assert [each["document"] for each in listed["items"]] == ["ДН-2", "ДН-1"] and listed["count"]["value"] == 2
    void = {"source": "1c", "document": "ДН-2", "business_date": str(today - timedelta(days=3)), "reason": "Ошибка"}
    assert operations.order_post("/v1/staff/documents/void", void)["document"] == "ДН-2"

    # Stock and payments come row by row, and a wrong row says what is wrong.
    stock = {"sku": product.sku, "warehouse": "M1", "quantity": 40}
    [failed] = operations.call("PUT", "/v1/staff/stock", {"stock": [stock]})["items"]
    at = f"{today - timedelta(days=1)}T12:00:00Z"  # the club's day may begin before that of UTC
    [kept] = operations.call("PUT", "/v1/staff/stock", {"stock": [{**stock, "at": at}]})["items"]
    assert (failed["result"], kept["result"]) == ("failed", "recorded")
    payment = {"source": "1c", "year": (today - timedelta(days=3)).year, "document": "ДН-1", "paid_on": str(today)}
    [paid] = operations.post("/v1/staff/payments", {"payments": [payment]})["items"]
    assert paid["result"] != "failed", paid

    # A small adjustment is posted, a large one waits for the head of sales, who finds it by its sum.
    adjustments = f"{company}/bonus-adjustments"
    small = operations.order_post(adjustments, {"amount": "100.00", "reason": "Извинение"}, expect=201)
    large = operations.order_post(adjustments, {"amount": "90000.00", "reason": "Спор о годе"}, expect=201)
    assert (small["state"], large["state"]) == ("posted", "waiting")
    [waiting] = club.head.get("/v1/staff/bonus-adjustments?min_amount=50000")["items"]
    path = f"{company}/bonus-adjustments/{waiting['adjustment_id']}"
    problem(operations, "POST", f"{path}/approve", status=403, Idempotency_Key="own")
    assert club.head.order_post(f"{path}/approve", {"note": "Верно"})["state"] == "posted"
    assert operations.get(f"{company}/bonuses/entries?q=извинение")["items"]

    # The next ladder is drafted and tried on the year that the file told.
    steps = [
        {"tier": tier, "from_sum": sum_, "discount_percent": percent, "name": tier.title(), "name_ru": name}
        for tier, sum_, percent, name in (
            ("bronze", "60000", "3", "Бронза"),
            ("silver", "200000", "6", "Серебро"),
            ("gold", "500000", "8", "Золото"),
        )
    ]
    ladder = operations.order_post("/v1/staff/tier-ladders", {"version": "2027-1", "steps": steps}, expect=201)
    simulated = operations.order_post(f"/v1/staff/tier-ladders/{ladder['ladder_id']}/simulate", {}, expect=202)
    shown = done(operations, f"/v1/staff/tier-simulations/{simulated['simulation_id']}")
    assert shown["progress"]["companies_done"] >= len(club.buyers())  # and those of the other days
    [draft] = operations.get("/v1/staff/tier-ladders?state=draft")["items"]
    assert draft["version"] == "2027-1"

    [distributor] = operations.get("/v1/staff/distributors?region=RU-MOW&q=центр")["items"]
    path = f"/v1/staff/distributors/{distributor['distributor_id']}"
    assert changed(operations, path, {"hours": "пн-пт 8:00-20:00"})["hours"] == "пн-пт 8:00-20:00"
    nameless = {"regions": [{"region": "Москва"}]}
    refused = problem(operations, "PATCH", path, nameless, status=422, If_Match=operations.etag)
    assert "RU-MOW" in refused["errors"][0]["detail"]
    for address in ("customer-questions", "orders", "orders/unanswered", "goods", "redemptions", "bonus-proof"):
        operations.get(f"/v1/staff/{address}")
