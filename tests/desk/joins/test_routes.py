"""Joins of companies over HTTP."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses.redemptions import service as redemptions
from chalicelib.bonuses.redemptions.schemas import RedemptionForm
from chalicelib.companies import keys as companies_keys
from chalicelib.companies import store as companies_store
from chalicelib.desk.joins import keys, service, store
from chalicelib.desk.joins.model import CompanyJoin
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.bonuses.steps import credit
from tests.conftest import NOON
from tests.orders.conftest import memory_market as memory_market
from tests.orders.steps import Market
from tests.support.api import Answer, Caller
from tests.support.partners import company, staff
from tests.support.spent import measures, spent
from tests.support.table import everything

URL = "/v1/staff/company-joins"


@pytest.fixture
def manager(memory_market: Market) -> Caller:
    company(memory_market.context, "cmp_2", inn="7736050003")
    return staff(memory_market.context, "mbr_manager", "manager")


def ask(market: Market, caller: Caller, what: str = "", **form: Any) -> Answer:
    body = {"company_id": "cmp_2", "into_company_id": "cmp_1", **form}
    return market.post(URL + what, caller, body if what else {"reason": "New KPP", **body})


def test_a_join_is_ordered_shown_and_listed(memory_market: Market, manager: Caller) -> None:
    answer = ask(memory_market, manager)
    assert (answer.status, answer.json["state"], answer.json["by"]) == (202, "moving", "mbr_manager"), answer.text
    assert answer.headers["location"] == f"{URL}/{answer.json['join_id']}"
    shown = {**answer.json, "by_name": "Anna mbr_manager"}
    assert memory_market.api.call("GET", answer.headers["location"], manager).json == shown
    assert memory_market.api.call("GET", URL, manager).json["items"] == [shown]
    card = memory_market.api.call("GET", "/v1/staff/companies/cmp_2", manager).json
    assert card["joined_into"] == "cmp_1"
    card = memory_market.api.call("GET", "/v1/staff/companies/cmp_1", manager).json
    assert [each["company_id"] for each in card["joined_from"]] == ["cmp_2"]
    early = memory_market.post(f"{answer.headers['location']}/undo", manager)
    assert (early.status, early.json["code"]) == (409, "wrong_state")
    assert memory_market.api.call("GET", f"{URL}/jon_none", manager).status == 404


def test_a_company_of_too_many_customers_of_files_is_not_joined(
    memory_market: Market, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def customers(number: int) -> None:
        found = [("1c-main", f"K-{each}") for each in range(number)]
        monkeypatch.setattr(service.companies, "customers_of", lambda context, company_id: found)

    customers(100)
    assert ask(memory_market, manager, "/preview").json["obstacles"] == []
    customers(101)
    [obstacle] = ask(memory_market, manager, "/preview").json["obstacles"]
    assert obstacle["code"] == "too_many_customers"


def test_a_preview_tells_of_orders_and_of_what_is_finished_first(
    memory_market: Market, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_market.placed()
    other_way = {"company_id": "cmp_1", "into_company_id": "cmp_2"}
    told = ask(memory_market, manager, "/preview", **other_way).json
    assert (told["orders"], told["obstacles"]) == (1, [])
    credit(memory_market.context, "cmp_1", "500")
    order_id = memory_market.placed()
    redemption = RedemptionForm(amount=Decimal(100), order_id=order_id)
    redemptions.redeem(memory_market.context, "cmp_1", "mbr_1", redemption)
    monkeypatch.setattr(service, "MOST_DEBTS", -1)
    before = everything(memory_market.context)
    told = memory_market.api.call("POST", f"{URL}/preview", manager, other_way, headers={"accept-language": "ru"}).json
    assert [each["code"] for each in told["obstacles"]] == ["too_many_debts", "bonuses_in_progress"]
    assert "внесите их оплату" in told["obstacles"][0]["detail"]
    refused = ask(memory_market, manager, **other_way)
    assert (refused.status, refused.json["code"]) == (409, "wrong_state")
    assert everything(memory_market.context) == before


@pytest.mark.parametrize(
    ("form", "pointer", "code"),
    [
        ({"company_id": "cmp_none"}, "/company_id", "unknown_company"),
        ({"into_company_id": "cmp_none"}, "/into_company_id", "unknown_company"),
        ({"into_company_id": "cmp_2"}, "/into_company_id", "same_company"),
    ],
)
def test_a_join_names_two_companies(
    memory_market: Market, manager: Caller, form: dict[str, str], pointer: str, code: str
) -> None:
    for what in ("", "/preview"):
        answer = ask(memory_market, manager, what, **form)
        assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [(pointer, code)]


def test_companies_of_two_currencies_are_not_one(memory_market: Market, manager: Caller) -> None:
    company(memory_market.context, "cmp_pounds", currency="GBP")
    answer = ask(memory_market, manager, company_id="cmp_pounds")
    assert [each["code"] for each in answer.json["errors"]] == ["currency"]


@measures(keys.join, keys.join_list, companies_keys.customers_of)
def test_a_join_is_one_call_and_so_are_a_page_and_the_customers_of_a_company(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    made = CompanyJoin(
        "jon_1", "cmp_1", "cmp_2", "RUB", "New KPP", "mbr_1", context.at, context.at, (("1c", "1"),), ("",), ()
    )
    tx = Transaction()
    store.create(tx, context, made)
    for number in range(10):
        companies_store.mark_customer(tx, "1c", f"{number}", "cmp_1", "RUB", None, None)
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        assert store.load(context, "jon_1") == made
        assert len(store.page(context.table, 25, None).items) == 1
        assert len(companies_store.customers_page(context.table, "cmp_1", 101).items) == 10
    assert (cost.calls, cost.read_units) == (["GetItem", "Query", "Query"], 2)


def test_so_many_companies_are_joined_into_one(memory_market: Market, manager: Caller) -> None:
    company(memory_market.context, "cmp_1", joined_from=tuple(f"cmp_{number}" for number in range(10, 60)))
    [obstacle] = ask(memory_market, manager, "/preview").json["obstacles"]
    assert (obstacle["code"], ask(memory_market, manager).status) == ("too_many_joins", 409)
