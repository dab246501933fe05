"""Distributors, their regions and their people, as the staff keeps them."""

from typing import Any

import pytest

from chalicelib.distributors import keys as distributors_keys
from chalicelib.members import keys as members_keys
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.context import Context
from tests.orders.steps import errors
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.partners import OPERATIONS, member, speaks_for, staff

SVET = {"name": "Svet Opt", "email": "Orders@Svet.example", "language": "ru"}


def create(api: Api, **facts: Any) -> Answer:
    return api.call("POST", "/v1/staff/distributors", OPERATIONS, {**SVET, **facts})


def change(api: Api, made: Answer, **facts: Any) -> Answer:
    path = f"/v1/staff/distributors/{made.json['distributor_id']}"
    return api.call("PATCH", path, OPERATIONS, facts, headers={"if-match": made.headers["etag"]})


def add(api: Api, distributor_id: str, email: str = "oleg@svet.example", **more: Any) -> Answer:
    path = f"/v1/staff/distributors/{distributor_id}/people"
    return api.call("POST", path, OPERATIONS, {"name": "Oleg Orlov", "email": email, **more})


def serving(context: Context, region: str) -> list[tuple[str, str]]:
    """The distributors of the region's orders, the first one first."""
    items = context.table.query_all(distributors_keys.region(region, 0, "").pk)
    return [(item["sk"].partition("#")[0], item["name"]) for item in items]


# --- distributors -----------------------------------------------------------------------------------------------------


def test_a_distributor_is_added_with_its_regions(api: Api, context: Context):
    made = create(api, regions=[{"region": "RU-MOW", "priority": 5}, {"region": "RU-MOS"}])
    assert made.status == 201
    distributor_id = made.json["distributor_id"]
    assert made.json == {
        "distributor_id": distributor_id,
        "name": "Svet Opt",
        "email": "orders@svet.example",
        "phone": None,
        "hours": "",
        "language": "ru",
        "regions": [{"region": "RU-MOW", "priority": 5}, {"region": "RU-MOS", "priority": 100}],
        "stock": {"warehouses": [], "binding": False},
        "created_at": "2026-11-20T09:00:00.000Z",
        "version": 1,
    }
    assert made.headers["location"] == f"/v1/staff/distributors/{distributor_id}"
    assert serving(context, "RU-MOW") == [("0005", "Svet Opt")]
    read = api.call("GET", made.headers["location"], OPERATIONS)
    assert (read.json, read.headers["etag"]) == (made.json, '"1"')


def test_a_distributors_letters_speak_the_clubs_language_unless_told_otherwise(api: Api, context: Context):
    assert create(api, language=None).json["language"] == "ru"
    assert create(api, language="en").json["language"] == "en"


def test_distributors_are_listed_by_name(api: Api, context: Context):
    for name in ("Svet Opt", "Alfa", "elektro"):
        create(api, name=name)
    first = api.call("GET", "/v1/staff/distributors?limit=2", OPERATIONS).json
    rest = api.call("GET", f"/v1/staff/distributors?limit=2&cursor={first['next_cursor']}", OPERATIONS).json
    assert [each["name"] for each in first["items"] + rest["items"]] == ["Alfa", "elektro", "Svet Opt"]


def test_regions_are_replaced_as_a_whole(api: Api, context: Context):
    made = create(api, regions=[{"region": "RU-MOW"}, {"region": "RU-MOS"}, {"region": "RU-TVE"}])
    changed = change(
        api, made, regions=[{"region": "RU-MOW", "priority": 1}, {"region": "RU-TVE"}, {"region": "RU-SPE"}]
    )
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')
    assert [serving(context, region) for region in ("RU-MOW", "RU-MOS", "RU-TVE", "RU-SPE")] == [
        [("0001", "Svet Opt")],
        [],
        [("0100", "Svet Opt")],
        [("0100", "Svet Opt")],
    ]


def test_what_is_not_given_stays_and_a_new_name_is_known_in_its_regions(api: Api, context: Context):
    made = create(api, regions=[{"region": "RU-MOW"}])
    changed = change(api, made, name="Svet Opt Plus")
    assert changed.json == {**made.json, "name": "Svet Opt Plus", "version": 2}
    assert serving(context, "RU-MOW") == [("0100", "Svet Opt Plus")]


def test_all_regions_can_be_replaced_by_others_at_once(api: Api, context: Context):
    made = create(api, regions=[{"region": f"XZ-A{number:02}"} for number in range(45)])
    changed = change(api, made, regions=[{"region": f"XZ-B{number:02}"} for number in range(45)])
    assert changed.status == 200
    assert serving(context, "XZ-A00") == []
    assert serving(context, "XZ-B44") == [("0100", "Svet Opt")]


def test_a_change_of_what_somebody_else_has_changed_is_refused(api: Api, context: Context):
    made = create(api)
    change(api, made, name="First")
    late = change(api, made, name="Second")
    assert (late.status, late.json["code"]) == (412, "precondition_failed")
    path = f"/v1/staff/distributors/{made.json['distributor_id']}"
    assert api.call("PATCH", path, OPERATIONS, {"name": "Third"}).status == 428
    assert api.call("GET", path, OPERATIONS).json["name"] == "First"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"email": "not an address"}, "/email"),
        ({"language": "de"}, "/language"),
        ({"discount": 5}, "/discount"),
        ({"regions": [{"region": "Moscow"}]}, "/regions/0/region"),
        ({"regions": [{"region": "RU-MOW", "priority": 0}]}, "/regions/0/priority"),
        ({"regions": [{"region": "RU-MOW"}, {"region": "RU-MOW", "priority": 2}]}, "/regions/1/region"),
        ({"regions": [{"region": f"XZ-A{number:02}"} for number in range(46)]}, "/regions"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_name(api: Api, context: Context, facts: dict[str, Any], pointer: str):
    assert [each for each, _ in errors(create(api, **facts))] == [pointer]
    assert api.call("GET", "/v1/staff/distributors", OPERATIONS).json["items"] == []


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_person_is_added_once_however_often(api: Api, context: Context):
    distributor_id = create(api).json["distributor_id"]
    first, again = add(api, distributor_id), add(api, distributor_id)
    assert first.json == again.json == {**first.json, "name": "Oleg Orlov", "email": "oleg@svet.example"}
    listed = api.call("GET", f"/v1/staff/distributors/{distributor_id}/people", OPERATIONS).json
    assert listed == {"items": [first.json], "next_cursor": None}


def test_who_is_a_member_already_is_added_as_that_member(api: Api, context: Context):
    known = member(context, "mbr_7", email="anna@svet.example")
    context.table.put({**members_keys.email_owner(known.email).as_item(), "member_id": "mbr_7"})
    assert add(api, create(api).json["distributor_id"], known.email).json["member_id"] == "mbr_7"


def test_who_speaks_for_somebody_else_is_not_taken_away(api: Api, context: Context):
    known = member(context, "mbr_7", email="anna@luch.example")
    context.table.put({**members_keys.email_owner(known.email).as_item(), "member_id": "mbr_7"})
    speaks_for(context, "cmp_1", "mbr_7")
    distributor_id = create(api).json["distributor_id"]
    answer = add(api, distributor_id, known.email)
    assert (answer.status, answer.json["code"]) == (409, "conflict")
    assert context.table.get(access_keys.membership("mbr_7"))["owner"] == "cmp_1"
    assert context.table.get(distributors_keys.distributor_person(distributor_id, "mbr_7")) is None


def test_a_person_is_removed_with_the_membership(api: Api, context: Context):
    distributor_id = create(api).json["distributor_id"]
    path = f"/v1/staff/distributors/{distributor_id}/people"
    member_id = add(api, distributor_id).json["member_id"]
    assert [api.call("DELETE", f"{path}/{member_id}", OPERATIONS).status for _ in range(2)] == [204, 404]
    assert api.call("GET", path, OPERATIONS).json["items"] == []
    assert context.table.get(access_keys.membership(member_id)) is None


def test_another_distributors_person_is_not_removed(api: Api, context: Context):
    mine, theirs = (create(api).json["distributor_id"] for _ in range(2))
    member_id = add(api, theirs).json["member_id"]
    assert api.call("DELETE", f"/v1/staff/distributors/{mine}/people/{member_id}", OPERATIONS).status == 404
    assert context.table.get(access_keys.membership(member_id))["owner"] == theirs


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "Svet"}),
        ("GET", "/people", None),
        ("POST", "/people", {"name": "Oleg Orlov", "email": "oleg@svet.example"}),
        ("DELETE", "/people/mbr_1", None),
    ],
)
def test_a_distributor_that_is_not_there_is_not_found(api: Api, context: Context, method: str, tail: str, body: Any):
    answer = api.call(method, f"/v1/staff/distributors/dst_none{tail}", OPERATIONS, body, headers={"if-match": '"1"'})
    assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (STRANGER, 401),
        (Caller.person("mbr_1", "company", "owner", "cmp_1"), 403),
        (Caller.person("mbr_2", "distributor", "operator", "dst_1"), 403),
        (Caller.person("mbr_3", "staff", "manager", "club"), 403),
    ],
    ids=["no token", "company", "distributor", "manager"],
)
def test_only_those_who_keep_distributors_touch_them(api: Api, context: Context, caller: Caller, status: int):
    made = create(api, regions=[{"region": "RU-MOW"}])
    staff(context, "mbr_3", "manager")
    path = f"/v1/staff/distributors/{made.json['distributor_id']}"
    tried = [
        ("POST", "/v1/staff/distributors", SVET),
        ("GET", "/v1/staff/distributors", None),
        ("GET", path, None),
        ("PATCH", path, {"regions": []}),
        ("POST", f"{path}/people", {"name": "Oleg Orlov", "email": "oleg@svet.example"}),
        ("GET", f"{path}/people", None),
        ("DELETE", f"{path}/people/mbr_2", None),
    ]
    reads = "staff.distributors.read" in caller.claims.get("scope", "")
    for method, url, body in tried:
        expected = 200 if reads and method == "GET" else status
        assert api.call(method, url, caller, body, headers={"if-match": '"1"'}).status == expected, (method, url)
    assert api.call("GET", path, OPERATIONS).json == made.json
