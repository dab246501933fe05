"""A day of the back office's own system: catalogue and stock in, sales of the day in a file, payments, orders out. No person signs in for it."""

from datetime import timedelta

from infra.demo import generator
from infra.demo.portal import Portal
from tests.days.steps import Club, done, problem, read_file

BUYER = generator.Company("ООО «Утренний свет»", generator.inn_of(600_000), "770101001", "RU-MOW", 1, 1, None)


def test_the_back_offices_system_does_its_day(club: Club, back_office: Portal) -> None:
    machine, yesterday = back_office, club.today - timedelta(days=1)
    product = generator.products()[0]

    # The catalogue and the stock of the morning; a wrong row is named and the others are kept.
    [known] = machine.call("PUT", "/v1/machine/products", {"products": [product.as_form()]})["items"]
    assert known["result"] == "unchanged"
    wrong = {**product.as_form(), "sku": "NEW-1", "base_price": "1 234,50"}
    [failed] = machine.call("PUT", "/v1/machine/products", {"products": [wrong]}, Accept_Language="ru")["items"]
    assert failed["result"] == "failed" and failed["errors"][0]["pointer"].endswith("/base_price")
    [kept] = machine.call(
        "PUT", "/v1/machine/products", {"products": [{**wrong, "base_price": {"amount": "1234.50", "currency": "RUB"}}]}
    )["items"]
    assert kept["result"] == "created"
    stock = {"sku": "NEW-1", "warehouse": "M1", "quantity": 7, "at": f"{yesterday}T12:00:00Z"}
    [recorded] = machine.call("PUT", "/v1/machine/stock", {"stock": [stock]})["items"]
    assert (recorded["result"], recorded["warnings"][0]["code"]) == ("recorded", "unknown_warehouse")

    # The sales of the day in a file, and their payments; brought again they change nothing.
    file = generator.header() + generator.document("БО-1", yesterday, BUYER, [(product, 10)])
    assert read_file(machine, file, source="back-office", file_name="office.csv")["documents"]["created"] == 1
    again = read_file(machine, file, source="back-office", file_name="again.csv", dry_run=True)
    assert again["documents"]["created"] == 0
    machine.order_post(f"/v1/staff/imports/{again['import_id']}/confirm", {"sha256": again["sha256"]})
    done(machine, f"/v1/staff/imports/{again['import_id']}")
    payment = {"source": "back-office", "year": yesterday.year, "document": "БО-1", "paid_on": str(club.today)}
    results = [machine.post("/v1/machine/payments", {"payments": [payment]})["items"][0]["result"] for _ in range(2)]
    assert results == ["recorded", "unchanged"]
    early = {**payment, "document": "БО-77"}
    [waiting] = machine.post("/v1/machine/payments", {"payments": [early]})["items"]
    assert (waiting["result"], waiting["warnings"][0]["code"]) == ("recorded", "unknown_document")
    unknown = {**payment, "document": "БО-99", "paid_on": "29.11.2026"}
    [error] = machine.post("/v1/machine/payments", {"payments": [unknown]}, Accept_Language="ru")["items"][0]["errors"]
    assert error["pointer"].endswith("/paid_on")

    # Orders of today out, to the last page; the rest of the club is nothing to it.
    [company] = club.manager.get(f"/v1/staff/companies?inn={BUYER.inn}")["items"]
    ordered = [
        club.manager.order_post(
            f"/v1/staff/companies/{company['company_id']}/orders",
            {"lines": [{"sku": "PN-P", "quantity": 3}]},
            expect=201,
        )["order_id"]
        for _ in range(2)
    ]
    found, cursor = [], ""
    while cursor is not None:
        page = machine.get(f"/v1/staff/orders?company_id={company['company_id']}&limit=1{cursor}")
        found += [each["order_id"] for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert sorted(found) == sorted(ordered)
    for address in ("/v1/staff/companies", "/v1/company/tier", "/v1/distributor/orders"):
        assert problem(machine, "GET", address, status=403)["code"] == "scope_missing"
