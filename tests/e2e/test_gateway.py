"""What the gateway answers by itself, before any code of ours runs."""

import pytest
import requests

from tests.support.cloud import DeployedClub


def test_a_path_that_nobody_serves_is_a_problem_that_a_browser_may_read(cloud: DeployedClub) -> None:
    answer = requests.get(f"{cloud.api_url}/v1/nothing", timeout=10)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json() | {"request_id": ""} == {
        "type": "urn:partner-club:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "request_id": "",
    }


@pytest.mark.parametrize("authorization", [None, "nonsense", "Bearer nonsense", "a.b.c"])
def test_a_call_without_a_valid_token_is_told_to_sign_in(cloud: DeployedClub, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.get(f"{cloud.api_url}/v1/me", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_browser_may_ask_before_it_calls(cloud: DeployedClub) -> None:
    answer = requests.options(f"{cloud.api_url}/v1/me", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
