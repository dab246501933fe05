"""Statements over HTTP: they tie to the documents in every format, and nobody sees another company's."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests
from python_calamine import load_workbook

from chalicelib import sales
from chalicelib.analytics.settlements.service import settle
from chalicelib.analytics.statements import service
from chalicelib.platform.context import Context
from chalicelib.sales import Payment
from tests.bonuses.steps import credit, redeem_at_once
from tests.platform.files.test_tables import in_csv, in_pdf
from tests.sales.steps import invoice, returned
from tests.support import partners
from tests.support.api import Api, Caller

STATEMENT = "/v1/company/statement"
YEAR = "from=2026-01-01&to=2026-11-20"
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


@pytest.fixture
def owner(context: Context) -> Caller:
    caller = partners.partner(context, "cmp_1", "mbr_1", name="ООО «Луч»")
    sales.record(
        context,
        [
            invoice("A-0", "40.00", day=date(2025, 12, 30)),
            invoice("A-1", "100.00", "20.00", day=date(2026, 10, 5)),
            invoice("A-2", "7.50", day=date(2026, 11, 2)),
            returned("R-1", "A-1", "-20.00", day=date(2026, 11, 9)),
        ],
    )
    paid = [Payment(("1c-main", "/A-0"), date(2026, 1, 15)), Payment(("1c-main", "/A-1"), date(2026, 11, 10))]
    sales.record_payments(context, paid, by="mbr_1")
    for payment in paid:
        settle(context, payment.ref)
    return caller


def rub(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "RUB"}


def test_a_statement_ties_to_documents_and_payments(api: Api, owner: Caller) -> None:
    told = api.call("GET", f"{STATEMENT}?{YEAR}", owner).json
    assert [(line["day"], line["kind"], line["document"], line["balance"]["amount"]) for line in told["lines"]] == [
        ("2026-01-15", "payment", "A-0", "0.00"),
        ("2026-10-05", "sale", "A-1", "120.00"),
        ("2026-11-02", "sale", "A-2", "127.50"),
        ("2026-11-09", "return", "R-1", "107.50"),
        ("2026-11-10", "payment", "A-1", "-12.50"),
    ]
    assert (told["opening"]["debit"], told["closing"]["credit"]) == (rub("40.00"), rub("12.50"))
    assert (told["row_count"], told["control_total"]) == (5, rub("-52.50"))
    october = api.call("GET", f"{STATEMENT}?from=2026-10-01&to=2026-10-31", owner).json
    november = api.call("GET", f"{STATEMENT}?from=2026-11-01&to=2026-11-30", owner).json
    assert october["closing"] == november["opening"]


def test_every_file_has_the_rows_and_the_control_total_of_the_statement(api: Api, owner: Caller) -> None:
    contents: dict[str, bytes] = {}
    for kind in ("csv", "xlsx", "pdf"):
        made = api.call("GET", f"{STATEMENT}/file?{YEAR}&format={kind}", owner, headers={"Accept-Language": "ru"}).json
        assert (made["row_count"], made["control_total"]) == (5, rub("-52.50"))
        contents[kind] = requests.get(made["url"], timeout=10).content
        assert len(contents[kind]) == made["bytes"]
    *rows, turnover, closing = in_csv(contents["csv"])
    assert (len(rows) - 1, turnover[4:], closing[4:]) == (5, ["127,50", "180,00", "-52,50"], ["", "12,50", "-12,50"])
    cells: list[Any] = load_workbook(io.BytesIO(contents["xlsx"])).get_sheet_by_index(0).to_python()
    assert [Decimal(str(each)) for each in cells[-2][4:7]] == [Decimal("127.5"), Decimal(180), Decimal("-52.5")]
    assert cells[-3][0] == date(2026, 11, 10)
    texts = [text for page in in_pdf(contents["pdf"]) for text in page]
    after = texts[texts.index("Обороты") + 1 :]
    assert after[:3] == ["127,50", "180,00", "-52,50"]
    assert "Сальдо на конец" in after
    assert "Компания: ООО «Луч»" in texts


def test_bonuses_stand_beside_the_balances_in_every_format(api: Api, context: Context, owner: Caller) -> None:
    assert api.call("GET", f"{STATEMENT}?{YEAR}", owner).json["bonuses"] is None
    for month, amount in ((10, "12.00"), (11, "30.00")):
        credit(replace(context, now=datetime(2026, month, 12, 9, tzinfo=UTC)), "cmp_1", amount)
    redeem_at_once(context, "cmp_1", Decimal("5.00"))
    october = api.call("GET", f"{STATEMENT}?from=2026-10-01&to=2026-10-31", owner).json["bonuses"]
    november = api.call("GET", f"{STATEMENT}?from=2026-11-01&to=2026-11-20", owner).json["bonuses"]
    assert (october["opening"], october["closing"]) == (rub("0.00"), november["opening"])
    assert {name: each["amount"] for name, each in november.items()} == {
        "opening": "12.00", "credited": "30.00", "redeemed": "5.00", "expired": "0.00", "goods": "0.00", "closing": "37.00"
    }  # fmt: skip
    made = api.call("GET", f"{STATEMENT}/file?from=2026-11-01&format=csv", owner).json
    *_, closing = in_csv(requests.get(made["url"], timeout=10).content)
    assert (closing[1], closing[-1]) == ("Bonuses at the end", "37.00")


def test_faults_of_the_period_are_named(api: Api, owner: Caller) -> None:
    def fault(query: str) -> Any:
        answer = api.call("GET", f"{STATEMENT}?{query}", owner)
        return answer.status, [(each["pointer"], each["code"]) for each in answer.json["errors"]]

    assert fault("from=2026-11-01&to=2026-10-01") == (422, [("/query/to", "range")])
    assert fault("from=2027-01-01&to=2027-10-01") == (422, [("/query/from", "in_future")])


def test_a_statement_has_so_many_documents(api: Api, owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_LINES", 3)
    assert api.call("GET", f"{STATEMENT}?{YEAR}", owner).status == 200
    monkeypatch.setattr(service, "MOST_LINES", 2)
    answer = api.call("GET", f"{STATEMENT}?{YEAR}", owner)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "too_long")


def test_without_a_period_it_is_that_of_the_running_month(api: Api, owner: Caller) -> None:
    told = api.call("GET", STATEMENT, owner).json
    assert (told["from"], told["to"], told["row_count"]) == ("2026-11-01", "2026-11-20", 3)


def test_the_staff_see_the_same_and_nobody_else_does(api: Api, context: Context, owner: Caller) -> None:
    told = api.call("GET", f"/v1/staff/companies/cmp_1/statement?{YEAR}", MANAGER).json
    assert told == api.call("GET", f"{STATEMENT}?{YEAR}", owner).json
    assert api.call("GET", f"/v1/staff/companies/cmp_none/statement?{YEAR}", MANAGER).status == 404
    made = api.call("GET", f"/v1/staff/companies/cmp_1/statement/file?{YEAR}&format=pdf", MANAGER)
    assert made.json["row_count"] == 5
    other = partners.partner(context, "cmp_2", "mbr_2", inn="7736207543")
    assert api.call("GET", f"{STATEMENT}?{YEAR}", other).json["lines"] == []
    engineer = partners.speaks_for(context, "cmp_1", "mbr_9", "engineer")
    assert api.call("GET", f"{STATEMENT}?{YEAR}", engineer).status == 403
