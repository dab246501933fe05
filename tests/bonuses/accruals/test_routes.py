"""A company's view of its accruals."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.bonuses.accruals.steps import document, figures, memory_work, paid, recorded
from tests.support import partners
from tests.support.api import Api, Caller

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
SUM = {"currency": "RUB"}


@pytest.fixture
def context(context: Context) -> Context:
    rates = (
        {"tier": "bronze", "percent": "1"},
        {"sku": "L-9", "percent": "2.5", "promotion": "autumn", "name": "Autumn", "name_ru": "Осень"}
        | {"from": "2026-11-01", "to": "2026-11-30"},
    )
    return replace(context, table=memory_work().table, config=figures(*rates))


def test_each_document_shows_its_rates_in_plain_words(api: Api, context: Context) -> None:
    owner = partners.partner(context)
    sale = document("cmp_1", "1", context.today - timedelta(days=2), {"L-1": "60000.00", "L-9": "1000.00"})
    back = document("cmp_1", "R", context.today, "6000.00", returns="1")
    recorded(context, sale, back)
    shown = api.call("GET", "/v1/company/accruals", owner).json
    returned, bought = shown["items"]
    assert shown["next_cursor"] is None
    assert bought == {
        "source": "1c",
        "document": "1",
        "kind": "sale",
        "business_date": "2026-11-18",
        "counts_on": "2026-11-18",
        "sale": None,
        "total": {"amount": "61000.00"} | SUM,
        "bonus": {"amount": "625.00"} | SUM,
        "groups": [
            {
                "amount": {"amount": "60000.00"} | SUM,
                "percent": "1",
                "bonus": {"amount": "600.00"} | SUM,
                "by": "tier",
                "value": "bronze",
                "promotion": None,
                "reason": "Tier Bronze: 1 %",
            },
            {
                "amount": {"amount": "1000.00"} | SUM,
                "percent": "2.5",
                "bonus": {"amount": "25.00"} | SUM,
                "by": "sku",
                "value": "L-9",
                "promotion": "autumn",
                "reason": "Autumn: 2.5 %",
            },
        ],
        "state": "pending",
        "paid_on": None,
        "expires_on": None,
    }
    assert (returned["kind"], returned["sale"], returned["counts_on"]) == ("return", "1", "2026-11-18")
    assert returned["bonus"]["amount"] == "-60.00"
    russian = api.call("GET", "/v1/company/accruals", owner, headers={"accept-language": "ru"}).json
    assert [group["reason"] for group in russian["items"][1]["groups"]] == ["Уровень «Бронза»: 1 %", "Осень: 2,5 %"]


def test_what_is_paid_shows_until_when_it_can_be_spent(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = partners.partner(context)
    sale = document("cmp_1", "1", context.today, "60000.00")
    recorded(context, sale)
    paid(context, sale, context.today)
    [item] = api.call("GET", "/v1/company/accruals", owner).json["items"]
    assert (item["state"], item["paid_on"], item["expires_on"]) == ("available", "2026-11-20", "2027-11-30")
    later = replace(context, now=context.now + timedelta(days=376))
    monkeypatch.setattr(respond, "context_now", lambda: later)
    [item] = api.call("GET", "/v1/company/accruals", owner).json["items"]
    assert item["state"] == "expired"


def test_a_purchase_without_a_rate_says_so(api: Api, context: Context) -> None:
    owner = partners.partner(context)
    recorded(context, document("cmp_1", "1", context.today, "100.00"))
    [item] = api.call("GET", "/v1/company/accruals", owner).json["items"]
    assert item["bonus"]["amount"] == "0.00"
    assert [(group["by"], group["reason"]) for group in item["groups"]] == [(None, "No rate: 0 %")]


def test_the_list_goes_on_by_its_cursor_and_staff_see_the_same(api: Api, context: Context) -> None:
    owner = partners.partner(context)
    recorded(
        context, *(document("cmp_1", str(each), context.today - timedelta(days=each), "60000.00") for each in range(3))
    )
    first = api.call("GET", "/v1/company/accruals?limit=2", owner).json
    rest = api.call("GET", f"/v1/company/accruals?limit=2&cursor={first['next_cursor']}", owner).json
    items = [*first["items"], *rest["items"]]
    assert [item["document"] for item in items] == ["0", "1", "2"]
    assert api.call("GET", "/v1/staff/companies/cmp_1/accruals", MANAGER).json["items"] == items
    assert api.call("GET", "/v1/staff/companies/cmp_9/accruals", MANAGER).status == 404


def test_another_company_sees_none_of_it(api: Api, context: Context) -> None:
    partners.partner(context)
    recorded(context, document("cmp_1", "1", context.today, "60000.00"))
    other = partners.partner(context, "cmp_2", "mbr_2", inn="7707083893")
    assert api.call("GET", "/v1/company/accruals", other).json == {"items": [], "next_cursor": None, "count": None}
    engineer = partners.speaks_for(context, "cmp_1", "mbr_3", "engineer")
    assert api.call("GET", "/v1/company/accruals", engineer).status == 403
