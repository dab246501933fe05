from typing import Any

import pytest

from chalicelib.auth import sessions as auth_sessions
from chalicelib.auth.schemas import CodeForm
from chalicelib.platform.context import Context
from tests.auth.steps import CODE, FakeSessions, mailed
from tests.support.api import Api
from tests.support.table import everything

GOOD = {
    "name": "Anna Orlova",
    "email": "anna@example.com",
    "consents": [{"purpose": "personal_data", "version": "2026-1", "agreed": True}],
}


@pytest.fixture(autouse=True)
def sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_sessions, "of_the_stack", FakeSessions)


def test_a_code_is_read_with_the_space_in_its_middle() -> None:
    assert CodeForm(sign_in_id="sin_1", code=" 482 913 ").code == "482913"


def test_a_stranger_joins_and_has_a_session(api: Api, context: Context) -> None:
    started = api.call("POST", "/v1/registrations", body=GOOD)
    assert started.status == 202 and started.json["expires_in"] == 600
    mailed(context, started.json["sign_in_id"])
    tokens = api.call("POST", "/v1/sign-in/confirm", body={"sign_in_id": started.json["sign_in_id"], "code": CODE})
    assert tokens.status == 200 and tokens.json["token_type"] == "Bearer"


def test_registering_and_signing_in_answer_alike_for_members_and_strangers(api: Api, context: Context) -> None:
    test_a_stranger_joins_and_has_a_session(api, context)
    answers = [
        api.call("POST", "/v1/registrations", body={**GOOD, "email": email})
        for email in ("anna@example.com", "b@example.com")
    ] + [api.call("POST", "/v1/sign-in", body={"email": email}) for email in ("anna@example.com", "c@example.com")]
    assert {(answer.status, tuple(answer.json), answer.json["expires_in"]) for answer in answers} == {
        (202, ("sign_in_id", "expires_in"), 600)
    }


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "not an address"}, "/email"),
        ({"name": "Anna"}, "/name"),
        ({"name": "12 34"}, "/name"),
        ({"consents": []}, "/consents"),
        ({"company": "x"}, "/company"),
        ({"language": "de"}, "/language"),
    ],
)
def test_a_bad_registration_names_the_field_and_stores_nothing(
    api: Api, context: Context, change: dict[str, Any], pointer: str
) -> None:
    before = everything(context)
    answer = api.call("POST", "/v1/registrations", body=GOOD | change)
    assert answer.status == 422 and [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert everything(context) == before


def test_a_wrong_code_says_how_many_tries_are_left(api: Api, context: Context) -> None:
    started = api.call("POST", "/v1/registrations", body=GOOD).json
    mailed(context, started["sign_in_id"])
    answer = api.call(
        "POST",
        "/v1/sign-in/confirm",
        body={"sign_in_id": started["sign_in_id"], "code": "000000"},
        headers={"accept-language": "ru"},
    )
    assert answer.status == 422 and answer.json["code"] == "wrong_code" and answer.json["tries_left"] == 2
    assert answer.json["title"] == "Неверный код" and answer.json["errors"][0]["pointer"] == "/code"
