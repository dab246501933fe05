"""Managers of regions, and the companies that files bring to them."""

from typing import Any

import pytest

from chalicelib import companies
from chalicelib.companies.model import CustomerRef
from chalicelib.companies.regions import keys, service, store
from chalicelib.companies.regions.model import RegionManagers
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.companies.steps import legal_inn
from tests.conftest import NOON
from tests.support.api import Answer, Api, Caller
from tests.support.customers import customer_companies
from tests.support.partners import dismissed, staff
from tests.support.spent import measures, spent

URL = "/v1/staff/region-managers"


@pytest.fixture
def head(context: Context) -> Caller:
    staff(context, "mbr_nina", "manager")
    return staff(context, "mbr_head", "head_of_sales")


def write(api: Api, caller: Caller, regions: dict[str, str], version: int = 0) -> Answer:
    body = {"regions": [{"region": region, "manager_id": each} for region, each in regions.items()]}
    return api.call("PUT", URL, caller, body, headers={"if-match": f'"{version}"'})


def brought(context: Context, inn: str | None, kpp: str | None = None) -> Any:
    """The company that a file brings."""
    ref = CustomerRef(f"c-{inn}", "Luch", inn, kpp, "RUB")
    [company_id] = customer_companies(Context(context.table, context.now, context.new_id), "1c", [ref]).values()
    return companies.read_company(context, company_id)


def test_a_company_of_a_file_gets_the_manager_of_its_region(api: Api, context: Context, head: Caller) -> None:
    answer = write(api, head, {"RU-MOW": "mbr_nina", "RU-SPE": "mbr_head"})
    assert (answer.status, answer.headers["etag"]) == (200, '"1"'), answer.text
    named = [(each["region"], each["name"]) for each in answer.json["regions"]]
    assert named == [("RU-MOW", "Anna mbr_nina"), ("RU-SPE", "Anna mbr_head")]
    moscow, petersburg = brought(context, legal_inn(1)), brought(context, legal_inn(2), "780101001")
    assert (moscow.region, moscow.manager_id) == ("RU-MOW", "mbr_nina")
    assert (petersburg.region, petersburg.manager_id) == ("RU-SPE", "mbr_head")
    nowhere = brought(context, None)
    assert (nowhere.region, nowhere.manager_id) == (None, None)


def test_who_left_the_staff_gets_no_company_and_is_shown_as_gone(api: Api, context: Context, head: Caller) -> None:
    write(api, head, {"RU-MOW": "mbr_nina"})
    dismissed(context, "club", "mbr_nina")
    assert brought(context, legal_inn(1)).manager_id is None
    assert api.call("GET", URL, head).json["regions"] == [{"region": "RU-MOW", "manager_id": "mbr_nina", "name": None}]


def test_the_list_is_replaced_as_it_was_read(api: Api, head: Caller) -> None:
    assert api.call("GET", URL, head).headers["etag"] == '"0"'
    write(api, head, {"RU-MOW": "mbr_nina"})
    assert write(api, head, {}).status == 412
    assert write(api, head, {"RU-SPE": "mbr_nina"}, version=1).status == 200
    assert [each["region"] for each in api.call("GET", URL, head).json["regions"]] == ["RU-SPE"]


def test_only_the_staff_take_care_of_regions(api: Api, head: Caller) -> None:
    answer = write(api, head, {"RU-MOW": "mbr_nina", "RU-SPE": "mbr_stranger"})
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [
        ("/regions/1/manager_id", "not_staff")
    ]
    twice = {"regions": [{"region": "RU-MOW", "manager_id": "mbr_nina"}] * 2}
    answer = api.call("PUT", URL, head, twice, headers={"if-match": '"0"'})
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [("/regions", "repeated")]


@measures(keys.region_managers)
def test_the_managers_of_regions_are_two_calls_for_a_whole_file(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    tx = Transaction()
    store.replace(
        tx, RegionManagers({}), RegionManagers({f"RU-{number}": f"mbr_{number}" for number in range(90)}, "mbr", 1)
    )
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        for _ in range(3):
            service.managers_of_regions(context)
    assert cost.calls == ["GetItem", "BatchGetItem"]
    assert cost.read_units <= 46.5  # a membership is half a unit
