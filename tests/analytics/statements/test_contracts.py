"""A statement of one contract has its documents and their payments, and those of all contracts make that of the company."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from chalicelib import sales
from chalicelib.analytics.settlements.service import settle
from chalicelib.analytics.statements import service
from chalicelib.platform.context import Context
from chalicelib.sales import Payment, SaleDocument
from tests.platform.files.test_tables import in_csv
from tests.sales.steps import invoice, returned
from tests.support import partners
from tests.support.api import Api, Caller

STATEMENT = "/v1/company/statement"
CONTRACTS = ("Д-1", "Д-2/2026", "")
MONTHS = [(date(2026, month, 1), date(2026, month + 1, 1) - timedelta(1)) for month in range(1, 11)]


@pytest.fixture
def owner(context: Context) -> Caller:
    """A year of sales under two contracts and none, with returns across months; half of the sales are paid, some in advance."""
    caller = partners.partner(context, "cmp_1", "mbr_1", name="ООО «Луч»")
    chance = random.Random(14)
    sold: list[SaleDocument] = []
    back: list[SaleDocument] = []
    for number in range(30):
        day = date(2026, 1, 1) + timedelta(chance.randrange(280))
        amounts = [f"{chance.randrange(1, 99_999) / 100:.2f}" for _ in range(2)]
        sold.append(invoice(f"A-{number}", *amounts, day=day, contract=chance.choice(CONTRACTS)))
        if number % 3 == 0:
            later = day + timedelta(chance.randrange(40))
            back.append(returned(f"R-{number}", f"A-{number}", f"-{amounts[0]}", day=later))
    sales.record(context, [*sold, *back])
    paid = [Payment(each.ref, each.business_date + timedelta(chance.randrange(-20, 50))) for each in sold[::2]]
    sales.record_payments(context, paid, by="mbr_1")
    for payment in paid:
        settle(context, payment.ref)
    return caller


def balance(told: Any, place: str) -> Decimal:
    return Decimal(told[place]["debit"]["amount"]) - Decimal(told[place]["credit"]["amount"])


def test_the_statements_of_all_contracts_make_that_of_the_company(api: Api, owner: Caller) -> None:
    closing: dict[str, Decimal] = dict.fromkeys(CONTRACTS, Decimal(0))
    lines = 0
    for first, last in MONTHS:
        period = f"from={first}&to={last}"
        whole = api.call("GET", f"{STATEMENT}?{period}", owner).json
        parts = {each: api.call("GET", f"{STATEMENT}?{period}&contract={each}", owner).json for each in CONTRACTS}
        for contract, told in parts.items():
            assert balance(told, "opening") == closing[contract]
            closing[contract] = balance(told, "closing")
            named = {line["contract"] or "" for line in told["lines"] if line["kind"] != "payment"}
            assert (told["contract"], named <= {contract}) == (contract, True)
        for place in ("opening", "turnover", "closing"):
            assert sum(balance(told, place) for told in parts.values()) == balance(whole, place)
        assert sorted(line["line_id"] for told in parts.values() for line in told["lines"]) == sorted(
            line["line_id"] for line in whole["lines"]
        )
        lines += whole["row_count"]
    assert lines > 40 and all(closing.values())


def test_the_file_names_its_contract(api: Api, owner: Caller) -> None:
    def noted(contract: str) -> list[str]:
        url = f"{STATEMENT}/file?from=2026-01-01&to=2026-11-20&contract={contract}&format=csv"
        made = api.call("GET", url, owner, headers={"Accept-Language": "ru"}).json
        told = api.call("GET", url.replace("/file", "").replace("&format=csv", ""), owner).json
        assert (made["row_count"], made["control_total"]) == (told["row_count"], told["control_total"])
        text = requests.get(made["url"], timeout=10).content.decode("utf-8-sig")
        assert len(in_csv(text.encode())) > 3
        return [line for line in text.splitlines() if "оговор" in line]

    assert "Д-2/2026" in noted("Д-2/2026")[0]
    assert "документы без договора" in noted("")[0]


def test_a_contract_is_told_apart_among_so_many_documents(
    api: Api, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_DOCUMENTS", 39)
    answer = api.call("GET", f"{STATEMENT}?contract=Д-1", owner)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/query/contract")
    monkeypatch.setattr(service, "MOST_DOCUMENTS", 40)
    assert api.call("GET", f"{STATEMENT}?contract=Д-1", owner).status == 200
