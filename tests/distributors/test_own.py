"""A distributor keeps its own card, people and stock, by hand or by machine."""

from typing import Any

import pytest

from chalicelib.distributors import service
from chalicelib.members import keys as member_keys
from chalicelib.platform.access.keys import membership
from chalicelib.platform.access.store import bind_client
from chalicelib.platform.context import Context
from tests.bonuses.coalition.test_service import machine
from tests.catalog.steps import row, stock
from tests.companies.steps import legal_inn
from tests.orders.steps import errors
from tests.support.api import Answer, Api, Caller
from tests.support.partners import OPERATIONS, distributor, member, the_staff

AT = "2026-11-20T08:00:00Z"


@pytest.fixture
def operator(context: Context) -> Caller:
    the_staff(context)
    stock(context, row("LMP-1"))
    return distributor(context, "RU-MOW", name="Moscow light")[1]


def own(api: Api, operator: Caller) -> Answer:
    return api.call("GET", "/v1/distributor", operator)


def change(api: Api, operator: Caller, etag: str, **facts: Any) -> Answer:
    return api.call("PATCH", "/v1/distributor", operator, facts, headers={"if-match": etag})


def tell_stock(api: Api, caller: Caller, *rows: tuple[str, str]) -> Answer:
    told = [{"sku": "LMP-1", "warehouse": warehouse, "quantity": quantity, "at": AT} for warehouse, quantity in rows]
    return api.call("PUT", "/v1/distributor/stock", caller, {"stock": told})


def has_warehouse(api: Api, operator: Caller, *names: str) -> None:
    card = own(api, operator)
    path = f"/v1/staff/distributors/{card.json['distributor_id']}"
    facts = {"stock": {"warehouses": list(names)}}
    assert api.call("PATCH", path, OPERATIONS, facts, headers={"if-match": card.headers["etag"]}).status == 200


def test_contacts_and_hours_are_the_distributors_to_change_and_regions_the_clubs(api: Api, operator: Caller) -> None:
    card = own(api, operator)
    assert [each["region"] for each in card.json["regions"]] == ["RU-MOW"]
    changed = change(api, operator, card.headers["etag"], hours="Mon-Sat 8:00-20:00", phone="+74951234567")
    assert changed.json == {
        **card.json,
        "hours": "Mon-Sat 8:00-20:00",
        "phone": "+74951234567",
        "version": card.json["version"] + 1,
    }
    assert change(api, operator, card.headers["etag"], hours="").status == 412
    assert change(api, operator, changed.headers["etag"], regions=[]).status == 422


def test_null_empties_what_may_be_empty_and_nothing_else(api: Api, operator: Caller) -> None:
    card = own(api, operator)
    full = change(api, operator, card.headers["etag"], hours="Mon-Sat 8:00-20:00", phone="+74951234567")
    emptied = change(api, operator, full.headers["etag"], phone=None)
    assert (emptied.json["phone"], emptied.json["hours"]) == (None, "Mon-Sat 8:00-20:00")
    refused = change(api, operator, emptied.headers["etag"], email=None)
    assert errors(refused) == [("/email", "required")]


def test_a_colleague_comes_and_goes_and_nobody_removes_themselves(api: Api, operator: Caller) -> None:
    people = "/v1/distributor/people"
    added = api.call("POST", people, operator, {"name": "Oleg Orlov", "email": "oleg@light.example"})
    assert added.status == 200
    names = {each["name"]: each["member_id"] for each in api.call("GET", people, operator).json["items"]}
    assert "Oleg Orlov" in names
    myself = api.call("DELETE", f"{people}/{operator.claims['club_member']}", operator)
    assert (myself.status, myself.json["code"]) == (409, "wrong_state")
    assert api.call("DELETE", f"{people}/{names['Oleg Orlov']}", operator).status == 204
    assert api.call("DELETE", f"{people}/{names['Oleg Orlov']}", operator).status == 404


def test_stock_is_told_of_own_warehouses_only_and_a_bad_row_stops_no_other(api: Api, operator: Caller) -> None:
    has_warehouse(api, operator, "msk")
    told = tell_stock(api, operator, ("msk", "5"), ("spb", "7"))
    assert [each["result"] for each in told.json["items"]] == ["recorded", "failed"]
    [fault] = told.json["items"][1]["errors"]
    assert (fault["pointer"], fault["code"]) == ("/stock/1/warehouse", "not_yours")
    assert tell_stock(api, operator, ("msk", "5")).json["items"][0]["result"] == "unchanged"


def test_a_machine_tells_stock_and_reads_the_card_and_leaves_people_to_people(
    api: Api, context: Context, operator: Caller
) -> None:
    has_warehouse(api, operator, "msk")
    bind_client(context, "client_1", operator.claims["club_owner"])
    system = machine("client_1", "fulfilment.read", "fulfilment.write")
    assert tell_stock(api, system, ("msk", "5")).json["items"][0]["result"] == "recorded"
    assert own(api, system).json["name"] == "Moscow light"
    person = {"name": "Oleg Orlov", "email": "oleg@light.example"}
    refused = api.call("POST", "/v1/distributor/people", system, person)
    assert (refused.status, refused.json["code"]) == (403, "scope_missing")


def test_an_email_that_is_none_is_refused_by_its_place(api: Api, operator: Caller) -> None:
    refused = change(api, operator, own(api, operator).headers["etag"], email="no address")
    assert [pointer for pointer, _ in errors(refused)] == ["/email"]


def test_nobody_who_is_a_member_is_taken_over_by_a_distributors_people(
    api: Api, context: Context, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one who waits for a company to confirm them, nor one who acts for nobody; and the answer names nobody."""
    monkeypatch.setattr(service, "MOST_ADDED_A_DAY", 5)
    for known in (member(context, "mbr_claimant"), member(context, "mbr_nobody")):
        context.table.put({**member_keys.email_owner(known.email).as_item(), "member_id": known.member_id})
    claimant = Caller.person("mbr_claimant")
    claim = {"name": "Zarya", "inn": legal_inn(7), "kpp": "770101001", "region": "RU-MOW"}
    assert api.call("POST", "/v1/companies", claimant, claim).status == 202

    def of_them() -> list[Any]:
        people = api.call("GET", "/v1/distributor/people", operator).json["items"]
        return [context.table.get(membership("mbr_claimant")), context.table.get(membership("mbr_nobody")), people]

    before = of_them()
    assert before[0] and before[0]["status"] == "pending"
    for name in ("mbr_claimant", "mbr_nobody"):
        form = {"name": "Oleg Orlov", "email": f"{name}@partner.example"}
        refused = api.call("POST", "/v1/distributor/people", operator, form)
        assert (refused.status, refused.json["code"]) == (409, "conflict") and name not in refused.text
    assert of_them() == before
    stranger = {"name": "Oleg Orlov", "email": "oleg@light.example"}
    assert [api.call("POST", "/v1/distributor/people", operator, stranger).status for _ in range(4)] == [
        200,
        200,
        200,
        429,
    ]
