"""The gateway's own answers, before any code of ours runs."""

import pytest
import requests

from tests.support.cloud import DeployedClub


def test_a_path_that_nobody_serves_is_a_problem_that_a_browser_may_read(cloud: DeployedClub) -> None:
    answer = requests.get(f"{cloud.api_url}/v1/nothing", timeout=60)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json() | {"request_id": ""} == {
        "type": "urn:partner-club:problem:not_found",
        "title": "Не найдено / Not found",
        "status": 404,
        "code": "not_found",
        "detail": "Такого адреса или метода нет, все перечислены в /docs. / There is no such address or method: /docs lists them all.",
        "request_id": "",
    }


@pytest.mark.parametrize("authorization", [None, "nonsense", "Bearer nonsense", "a.b.c"])
def test_a_call_without_a_valid_token_is_told_to_sign_in(cloud: DeployedClub, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.get(f"{cloud.api_url}/v1/me", headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_browser_may_ask_before_it_calls(cloud: DeployedClub) -> None:
    answer = requests.options(f"{cloud.api_url}/v1/me", timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]


def test_a_browser_that_asks_about_an_address_that_is_not_there_may_call_and_read_so(cloud: DeployedClub) -> None:
    for path in ("/v1/nothing", "/v2/orders", "/v1/staff/nothing"):
        answer = requests.options(f"{cloud.api_url}{path}", timeout=60)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]


def test_head_is_get_without_its_body(cloud: DeployedClub) -> None:
    answer = requests.head(f"{cloud.api_url}/v1/health", timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"


def test_what_lies_below_a_guarded_path_is_not_told_to_a_stranger(cloud: DeployedClub) -> None:
    answer = requests.get(f"{cloud.api_url}/v1/staff/nothing/here", timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_a_long_answer_comes_packed(cloud: DeployedClub) -> None:
    answer = requests.get(f"{cloud.api_url}/openapi.json", headers={"Accept-Encoding": "gzip"}, timeout=60)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["openapi"]


def test_a_request_that_is_too_large_for_the_gateway_is_a_problem_like_any_other(cloud: DeployedClub) -> None:
    answer = requests.post(f"{cloud.api_url}/v1/sign-in", data=b"x" * (10 * 1024 * 1024 + 1), timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"
