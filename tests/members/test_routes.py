from typing import Any

import pytest

from chalicelib import members
from chalicelib.members import keys as members_keys
from chalicelib.members.model import Member
from chalicelib.members.store import create
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction
from tests.support.api import Api, Caller
from tests.support.partners import staff
from tests.support.table import everything

ANNA = Caller.person("mbr_anna")
ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")


@pytest.fixture(autouse=True)
def anna(context: Context) -> None:
    tx = Transaction()
    create(
        tx,
        Member(
            member_id="mbr_anna",
            name="Anna Orlova",
            email="anna@example.com",
            language="ru",
            joined_at=context.at,
            version=1,
        ),
    )
    context.table.commit(tx)
    staff(context, "mbr_admin", "admin")


def test_the_club_says_what_the_data_is_for_before_it_asks_in_both_languages(api: Api) -> None:
    english = api.call("GET", "/v1/club").json
    russian = api.call("GET", "/v1/club", headers={"accept-language": "ru-RU,ru;q=0.9"}).json
    assert english["data_use"] != russian["data_use"] and len(english["benefits"]) == len(russian["benefits"])
    assert [consent["purpose"] for consent in english["consents"]] == ["personal_data", "advertising"]
    assert [consent["required"] for consent in english["consents"]] == [True, False]


def test_the_profile_is_read_in_one_call(api: Api, context: Context) -> None:
    calls: list[str] = []
    context.table.client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    answer = api.call("GET", "/v1/me", ANNA)
    assert answer.status == 200 and answer.json["name"] == "Anna Orlova" and answer.json["speaks_for"] is None
    assert answer.headers["etag"] == '"1"' and calls == ["Query"]


def test_a_change_with_the_present_version_is_made(api: Api) -> None:
    change = {"phone": "8 495 123-45-67", "interests": ["lighting"], "time_zone": "Asia/Omsk", "region": "RU-OMS"}
    answer = api.call("PATCH", "/v1/me", ANNA, change, headers={"if-match": '"1"'})
    assert answer.status == 200 and answer.headers["etag"] == '"2"'
    assert answer.json["phone"] == "+74951234567" and answer.json["time_zone"] == "Asia/Omsk"
    emptied = api.call("PATCH", "/v1/me", ANNA, {"phone": None}, headers={"if-match": '"2"'})
    assert emptied.json["phone"] is None


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 428), ({"if-match": '"7"'}, 412), ({"if-match": "*"}, 412), ({"if-match": '"1"'}, 200)]
)
def test_a_change_needs_the_version_that_was_read(api: Api, headers: dict[str, str], status: int) -> None:
    assert api.call("PATCH", "/v1/me", ANNA, {"language": "en"}, headers=headers).status == status


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"phone": "12"}, "/phone"),
        ({"name": None}, "/name"),
        ({"time_zone": "MSK"}, "/time_zone"),
        ({"region": "Moscow"}, "/region"),
        ({"audience": "tourist"}, "/audience"),
        ({"email": "x@example.com"}, "/email"),
        ({"interests": "lighting"}, "/interests"),
    ],
)
def test_a_bad_change_names_the_field_and_changes_nothing(api: Api, change: dict[str, Any], pointer: str) -> None:
    answer = api.call("PATCH", "/v1/me", ANNA, change, headers={"if-match": '"1"'})
    assert answer.status == 422 and answer.json["errors"][0]["pointer"] == pointer
    assert api.call("GET", "/v1/me", ANNA).headers["etag"] == '"1"'


def test_each_answer_to_a_consent_is_kept_and_a_repeat_is_not_another(api: Api, context: Context) -> None:
    path = "/v1/me/consents/advertising"
    for agreed in (True, True, False):
        answer = api.call("PUT", path, ANNA, {"version": "2026-1", "agreed": agreed})
        assert answer.status == 200 and answer.json["agreed"] is agreed and answer.json["source"] == "cabinet"
    assert api.call("GET", "/v1/me", ANNA).json["consents"]["advertising"]["agreed"] is False
    log = context.table.query(members_keys.member("mbr_anna").pk, starts="CONSENTLOG#").items
    assert [entry["agreed"] for entry in log] == [True, False]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/me/consents/horoscopes", {"version": "2026-1", "agreed": True}, 404),
        ("/v1/me/consents/advertising", {"version": "1999-1", "agreed": True}, 422),
        ("/v1/me/consents/advertising", {"version": "2026-1", "agreed": "perhaps"}, 422),
        ("/v1/me/consents/advertising", {"version": "2026-1", "agreed": "yes"}, 422),
        ("/v1/me/consents/advertising", {"version": "2026-1", "agreed": 1}, 422),
    ],
)
def test_a_consent_to_what_was_not_asked_is_refused(api: Api, path: str, body: dict[str, Any], status: int) -> None:
    assert api.call("PUT", path, ANNA, body).status == status


def test_an_admin_appoints_lists_and_dismisses_staff(api: Api) -> None:
    form = {"name": "Igor Petrov", "email": "Igor@Example.com", "role": "manager"}
    igor = api.call("POST", "/v1/staff/people", ADMIN, form)
    assert igor.status == 200 and igor.json["email"] == "igor@example.com"
    again = api.call("POST", "/v1/staff/people", ADMIN, {**form, "role": "operations"})
    assert again.json["member_id"] == igor.json["member_id"] and again.json["role"] == "operations"
    assert [person["role"] for person in api.call("GET", "/v1/staff/people", ADMIN).json["items"]] == ["operations"]
    gone = f"/v1/staff/people/{igor.json['member_id']}"
    assert [api.call("DELETE", gone, ADMIN).status for _ in range(2)] == [204, 404]
    assert api.call("GET", "/v1/staff/people", ADMIN).json["items"] == []


def test_those_of_the_staff_who_have_a_role_are_found_by_it(api: Api, context: Context) -> None:
    for name, role in (("vera", "head_of_sales"), ("irina", "manager"), ("olga", "head_of_sales")):
        form = {"name": f"{name.title()} Petrova", "email": f"{name}@example.com", "role": role}
        assert api.call("POST", "/v1/staff/people", ADMIN, form).status == 200
    everybody = {each["member_id"]: each["name"] for each in api.call("GET", "/v1/staff/people", ADMIN).json["items"]}
    assert [everybody[member_id] for member_id in members.staff_in(context, "head_of_sales")] == [
        "Olga Petrova",
        "Vera Petrova",
    ]
    assert members.staff_in(context, "marketing") == []


def test_who_speaks_for_a_company_does_not_become_staff(api: Api, context: Context) -> None:
    membership = {"kind": "company", "owner": "cmp_1", "role": "owner", "status": "active"}
    context.table.put({**access_keys.membership("mbr_anna").as_item(), **membership})
    form = {"name": "Anna Orlova", "email": "anna@example.com", "role": "manager"}
    assert api.call("POST", "/v1/staff/people", ADMIN, form).status == 409
    assert api.call("DELETE", "/v1/staff/people/mbr_anna", ADMIN).status == 404


# --- the last admin ---------------------------------------------------------------------------------------------------

FORM = {"name": "Vera Petrova", "email": "vera@example.com"}


def appointed(api: Api, role: str, by: Caller = ADMIN, **form: str) -> str:
    answer = api.call("POST", "/v1/staff/people", by, {**FORM, **form, "role": role})
    assert answer.status == 200, answer.text
    return str(answer.json["member_id"])


def test_the_last_admin_neither_leaves_nor_takes_another_role(api: Api, context: Context) -> None:
    vera = Caller.person(appointed(api, "admin"), "staff", "admin", "club")
    assert api.call("DELETE", "/v1/staff/people/mbr_admin", vera).status == 204
    before = everything(context)
    for answer in (
        api.call("DELETE", f"/v1/staff/people/{vera.claims['sub']}", vera),
        api.call("POST", "/v1/staff/people", vera, {**FORM, "role": "manager"}),
    ):
        assert (answer.status, answer.json["code"]) == (409, "conflict")
    assert everything(context) == before
    assert appointed(api, "admin", by=vera) == vera.claims["sub"]


@pytest.mark.parametrize("leave", ["is dismissed", "takes another role"])
def test_an_admin_leaves_when_another_one_stays(api: Api, leave: str) -> None:
    vera = Caller.person(appointed(api, "admin"), "staff", "admin", "club")
    appointed(api, "admin", name="Olga Petrova", email="olga@example.com")
    if leave == "is dismissed":
        assert api.call("DELETE", f"/v1/staff/people/{vera.claims['sub']}", vera).status == 204
    else:
        appointed(api, "manager", by=vera)
    # Back with the old token: neither by themselves nor by their hand.
    for form in ({**FORM, "role": "admin"}, {"name": "Xenia Petrova", "email": "x@example.com", "role": "admin"}):
        again = api.call("POST", "/v1/staff/people", vera, form)
        assert (again.status, again.json["code"]) == (403, "session_stale")
    for member_id in ("mbr_admin", vera.claims["sub"]):
        assert api.call("DELETE", f"/v1/staff/people/{member_id}", vera).status == 403
    assert api.call("POST", "/v1/staff/people", ADMIN, {**FORM, "role": "marketing"}).status == 200


def test_of_two_admins_who_dismiss_each_other_one_stays(api: Api, context: Context) -> None:
    vera = Caller.person(appointed(api, "admin"), "staff", "admin", "club")
    assert api.call("DELETE", "/v1/staff/people/mbr_admin", vera).status == 204
    late = api.call("DELETE", f"/v1/staff/people/{vera.claims['sub']}", ADMIN)
    assert (late.status, late.json["code"]) == (403, "session_stale")
    assert members.staff_in(context, "admin") == [vera.claims["sub"]]
