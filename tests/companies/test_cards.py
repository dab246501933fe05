"""Whom a company turns to: its manager and its distributor."""

from typing import Any

from chalicelib.distributors import service as distributors
from chalicelib.distributors.schemas import DistributorChangeForm
from chalicelib.platform.context import Context
from tests.support import partners
from tests.support.api import Api, Caller


def contacts(api: Api, caller: Caller, language: str = "ru") -> Any:
    answer = api.call("GET", "/v1/company/contacts", caller, headers={"accept-language": language})
    assert answer.status == 200, answer.text
    return answer.json


def test_a_partner_reads_name_phone_email_and_hours_of_both(api: Api, context: Context) -> None:
    partners.member(context, "mbr_manager", name="Maria Ilina")
    distributor_id, _ = partners.distributor(context, "RU-MOW")
    told = DistributorChangeForm.model_validate({"phone": "8 495 123-45-67", "hours": "Mon-Sat 8-20"})
    distributors.change(context, distributor_id, 1, told)
    caller = partners.partner(context, region="RU-MOW", manager_id="mbr_manager")
    found = contacts(api, caller)
    assert found["manager"] == {
        "name": "Maria Ilina",
        "email": "mbr_manager@partner.example",
        "phone": "+74951234567",
        "hours": "пн–пт 9:00–18:00",
    }
    assert found["distributor"] == {
        "distributor_id": distributor_id,
        "name": "Svet Opt",
        "email": "orders@distributor.example",
        "phone": "+74951234567",
        "hours": "Mon-Sat 8-20",
    }
    assert found["distributor_chosen"] is False
    assert contacts(api, caller, "en")["manager"]["hours"] == "Mon–Fri 9:00–18:00"


def test_a_phone_that_the_distributor_does_not_tell_is_null_as_a_managers_is(api: Api, context: Context) -> None:
    partners.member(context, "mbr_manager")
    distributor_id, _ = partners.distributor(context, "RU-MOW")
    caller = partners.partner(context, region="RU-MOW", manager_id="mbr_manager")
    found = contacts(api, caller)
    assert found["distributor"]["phone"] is None
    staff = partners.staff(context, "mbr_operations", "operations")
    shown = api.call("GET", f"/v1/staff/distributors/{distributor_id}", staff).json
    assert (shown["phone"], shown["hours"]) == (None, "")


def test_a_manager_who_left_the_staff_is_no_contact(api: Api, context: Context) -> None:
    partners.member(context, "mbr_gone")
    caller = partners.partner(context, manager_id="mbr_gone")
    assert contacts(api, caller) == {"manager": None, "distributor": None, "distributor_chosen": False}


def test_the_distributors_of_the_region_are_those_to_choose_from(api: Api, context: Context) -> None:
    far, _ = partners.distributor(context, "RU-SPE", name="Neva")
    first, _ = partners.distributor(context, "RU-MOW", name="First", priority=1)
    second, _ = partners.distributor(context, "RU-MOW", name="Second", priority=2)
    caller = partners.partner(context, region="RU-MOW")
    listed = api.call("GET", "/v1/distributors?limit=1", caller).json
    assert [each["distributor_id"] for each in listed["items"]] == [first]
    rest = api.call("GET", f"/v1/distributors?limit=1&cursor={listed['next_cursor']}", caller).json
    assert [each["distributor_id"] for each in rest["items"]] == [second]
    other = api.call("GET", "/v1/distributors?region=RU-SPE", caller).json["items"]
    assert [each["distributor_id"] for each in other] == [far]
    chosen = api.call("PATCH", "/v1/company", caller, {"distributor_id": second}, headers={"if-match": '"1"'})
    assert chosen.status == 200
    found = contacts(api, caller)
    assert (found["distributor"]["name"], found["distributor_chosen"]) == ("Second", True)


def test_a_company_without_a_region_has_no_list_yet(api: Api, context: Context) -> None:
    assert api.call("GET", "/v1/distributors", partners.partner(context)).json == {"items": [], "next_cursor": None}
