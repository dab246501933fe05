"""Holds every answer that a test sees against the OpenAPI document of the routes: nothing is answered that was not promised."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from chalicelib.platform.http import routes as http_routes
from chalicelib.platform.http.problems import CONTENT_TYPE, KINDS, ProblemBody
from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.openapi.document import document

_CYRILLIC = re.compile("[А-Яа-я]")
ALWAYS = frozenset({"Location", "ETag"})  # of the headers that a success may have, those that it must have


def check(method: str, resource: str, status: int, headers: Mapping[str, str], body: str) -> None:
    """Fails with what the route should have promised. `resource` is the path with its parameters' names."""
    if method == "HEAD":
        assert body == "", f"HEAD {resource} answered with a body"
        return
    written = _document(tuple(http_routes.ROUTES))
    operation = written["paths"][resource].get(method.lower())
    if operation is None:  # a method that is not there has no promises but the shape of its refusal
        ProblemBody.model_validate_json(body)
        return
    answer = f"{method} {resource} answered {status}"
    promised = _promise(written, operation["responses"], status)
    assert promised, f"{answer}, which its route does not promise (problems=…): {body[:300]}"
    content_type = headers.get("content-type", "")
    for name in ALWAYS & set(promised.get("headers", {})) if status < 400 else ():
        assert name.lower() in headers, f"{answer} without the {name} that it promises"
    if status in (201, 202) and "location" in headers:
        assert "Location" in promised.get("headers", {}), (
            f"{answer} with a Location that it does not promise (located=…)"
        )
    if "content" not in promised:
        assert body == "", f"{answer} with a body"
        return
    assert content_type in promised["content"], f"{answer} as {content_type}, not as {list(promised['content'])}"
    if content_type not in ("application/json", CONTENT_TYPE):
        return
    if content_type == CONTENT_TYPE:
        code = json.loads(body)["code"]
        assert code in codes_of(written, operation), f"{answer} {code}, which its route does not promise (problems=…)"
        assert status == KINDS[code].status, f"{answer} {code}, which has another status"
    if resource.startswith("/v"):
        _check_russian(answer, json.loads(body))
    schema = promised["content"][content_type]["schema"]
    for error in _validator(json.dumps(schema), tuple(http_routes.ROUTES)).iter_errors(json.loads(body)):
        raise AssertionError(f"{answer} with a body that differs from its schema: {error.message} in {body[:300]}")


def _check_russian(answer: str, body: Any) -> None:
    """Each sentence of a problem or of a row's fault is Russian, or has its Russian."""
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else []
    for each in inner:
        _check_russian(answer, each)
    if isinstance(body, dict) and {"title", "pointer"} & body.keys() and isinstance(detail := body.get("detail"), str):
        told = detail if _CYRILLIC.search(detail) else in_russian(detail)
        assert told, f"{answer} with a sentence that has no Russian: {detail}"


def codes_of(written: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The codes of all problems that the operation promises: its own, its parameters', and everybody's."""
    parts = [operation, *(_resolved(written, each) for each in operation.get("parameters", []))]
    parts.append(_resolved(written, operation["responses"]["default"]))
    return {code for part in parts for code in part.get("x-codes", [])}


def _promise(written: dict[str, Any], responses: dict[str, Any], status: int) -> dict[str, Any]:
    """Problems are the default response; a success is always told."""
    return _resolved(written, responses.get(str(status), responses["default"] if status >= 400 else {}))


@lru_cache(maxsize=4)
def _document(routes: tuple[http_routes.Route, ...]) -> dict[str, Any]:
    return document(routes)


@lru_cache(maxsize=1000)
def _validator(schema: str, routes: tuple[http_routes.Route, ...]) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": _document(routes)["components"]})


def _resolved(written: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    found: Any = part
    if "$ref" in part:
        found = written
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    return dict(found)
