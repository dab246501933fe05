"""Every answer is held against the document: what that finds."""

import json
from typing import Any

import pytest

from app import app  # noqa: F401  fills the route table
from tests.support.documented import check

JSON = {"content-type": "application/json"}
PROBLEM = {"content-type": "application/problem+json", "content-language": "en"}


def problem(code: str, status: int) -> str:
    return json.dumps({"type": "urn:x", "title": "X", "status": status, "code": code, "request_id": ""})


def test_a_promised_answer_passes() -> None:
    check("GET", "/v1/health", 200, JSON, '{"status": "ok"}')
    check("GET", "/v1/health", 422, PROBLEM, problem("invalid", 422))
    check("DELETE", "/v1/health", 405, PROBLEM, problem("method_not_allowed", 405))


@pytest.mark.parametrize(
    ("status", "headers", "body", "found"),
    [
        (201, JSON, '{"status": "ok"}', "answered 201, which its route does not promise"),
        (409, PROBLEM, problem("conflict", 409), "answered 409 conflict, which its route does not promise"),
        (422, PROBLEM, problem("wrong_code", 422), "answered 422 wrong_code, which its route does not promise"),
        (422, JSON, problem("invalid", 422), "as application/json"),
        (200, JSON, "{}", "differs from its schema"),
        (200, JSON, '{"status": 1}', "differs from its schema"),
    ],
)
def test_any_other_fails(status: int, headers: dict[str, str], body: str, found: str) -> None:
    with pytest.raises(AssertionError, match=found):
        check("GET", "/v1/health", status, headers, body)


@pytest.mark.parametrize(
    ("headers", "missing"), [({"location": "/v1/orders/1"}, "ETag"), ({"etag": '"1"'}, "Location")]
)
def test_a_promised_header_is_kept(headers: dict[str, Any], missing: str) -> None:
    path = "/v1/company/people" if missing == "Location" else "/v1/company"
    method, status = ("POST", 201) if missing == "Location" else ("GET", 200)
    with pytest.raises(AssertionError, match=f"without the {missing}"):
        check(method, path, status, JSON | headers, "{}")


def test_no_content_is_no_content() -> None:
    with pytest.raises(AssertionError, match="with a body"):
        check("DELETE", "/v1/company/people/{member_id}", 204, JSON, "{}")
