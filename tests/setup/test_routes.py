from typing import Any

import pytest

from chalicelib import distributors
from chalicelib.companies import CustomerRef, staff
from chalicelib.distributors import DistributorForm
from chalicelib.platform.context import Context
from tests.catalog.steps import row, stock
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.customers import customer_companies

ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")


def setup(api: Api, language: str = "en") -> Any:
    return api.call("GET", "/v1/staff/setup", ADMIN, headers={"accept-language": language}).json


def codes(steps: Any) -> list[str]:
    return [step["code"] for step in steps]


def test_a_bare_club_is_told_what_to_set_up_next_and_where(api: Api) -> None:
    shown = setup(api)
    assert codes(shown["done"]) == ["ladder", "managed", "delivered"]  # the config brings a ladder, and nobody waits
    assert codes(shown["missing"]) == ["products", "distributor", "region", "dispatcher", "manager", "companies"]
    assert shown["missing"][1]["how"] == {
        "operation": "create_distributor",
        "method": "POST",
        "path": "/v1/staff/distributors",
    }
    assert setup(api, "ru")["missing"][1]["title"] == "Заведён дистрибьютор"


def test_a_distributor_without_a_region_is_half_the_way(api: Api, context: Context) -> None:
    partners.distributor(context)
    assert codes(setup(api)["missing"]) == ["products", "region", "manager", "companies"]


def test_a_person_of_any_distributor_is_found(api: Api, context: Context) -> None:
    for number in range(11):
        form = DistributorForm.model_validate({"name": f"Early {number:02d}", "email": "early@distributor.example"})
        distributors.create_distributor(context, form)
    assert "dispatcher" in codes(setup(api)["missing"])
    partners.distributor(context, "RU-MOW", name="Late")
    assert "dispatcher" in codes(setup(api)["done"])


def test_imported_companies_wait_for_a_manager_and_a_region_until_they_have_them(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(context, row("LMP-1", "120.00"))
    partners.distributor(context, "RU-MOW")
    partners.staff(context, "mbr_admin", "admin")
    person = {"name": "Maria Ilina", "email": "maria@club.example", "role": "manager"}
    manager_id = api.call("POST", "/v1/staff/people", ADMIN, person).json["member_id"]
    refs = [CustomerRef(str(number), f"Luch {number}", None, None, "RUB") for number in range(2)]
    ids = customer_companies(context, "1c", refs).values()
    assert [(step["code"], step["companies"]) for step in setup(api)["missing"]] == [("managed", 2), ("delivered", 2)]
    monkeypatch.setattr(staff, "_PAGE", 1)
    assert [step["companies"] for step in setup(api)["missing"]] == [2, 2]
    for company_id in ids:
        path = f"/v1/staff/companies/{company_id}"
        etag = api.call("GET", path, ADMIN).headers["etag"]
        api.call("PATCH", path, ADMIN, {"region": "RU-MOW", "manager_id": manager_id}, headers={"if-match": etag})
    shown = setup(api)
    assert shown["missing"] == [] and len(shown["done"]) == 9
