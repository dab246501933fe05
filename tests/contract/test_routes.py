"""Refusals of every route, walked over the table of routes: a new route is under test as soon as it is declared.

Each test gathers the routes that behave otherwise and names them all. Nothing that is refused may leave a trace in the table.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema_rs import Draft202012Validator

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.access.scopes import BASE_SCOPE, SCOPES, roles_with
from chalicelib.platform.context import Context
from chalicelib.platform.http.idempotency import Once, fingerprint
from chalicelib.platform.http.respond import MOST_BODY_BYTES
from chalicelib.platform.http.routes import FORM_TYPES, JSON_TYPES, ROUTES, Route
from chalicelib.platform.openapi.problems import path_parameters
from chalicelib.table.transactions import Transaction
from infra.openapi import committed
from tests.support import documented
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.spent import spent
from tests.support.table import everything

DOCUMENT = committed()

# The routes that ask for no token. Each is a decision: an addition to this list should need one, too.
OPEN = {
    "show_club",
    "register_member",
    "start_sign_in",
    "confirm_sign_in",
    "refresh_session",
    "list_regions",
    "show_health",
    "show_openapi",
    "show_docs",
    "show_docs_page",
    "show_club_rules",
    "show_rules_page",
    # Whoever holds the link in a letter may leave, and choose; nothing else is to be seen there.
    "show_letter_preferences",
    "choose_letter_preferences",
    "follow_link",
    "show_picture",
    "show_unsubscribe_page",
    "unsubscribe",
    # Whoever holds the link of a reminder may put the usual order into the cart of its reader, and order nothing.
    "show_usual_order_page",
    "put_usual_order_into_cart",
}

# Mail programs and other sites add words of their own to the address of a page.
STRICT = [route for route in ROUTES if not route.is_for_browsers]
SCOPED = [route for route in ROUTES if route.scope]
WITH_BODY = [route for route in ROUTES if route.body and not route.form]
KEYED = [route for route in ROUTES if route.keyed]
MATCHED = [route for route in ROUTES if route.matched]


def holder(scopes: Iterable[str]) -> Caller:
    """A token with just these scopes."""
    granted = " ".join([BASE_SCOPE, *sorted(f"club/{scope}" for scope in scopes)])
    return Caller({"sub": "mbr_walker", "club_member": "mbr_walker", "scope": granted})


class Walk:
    """Sends each route the request that would please it, but for what a test changes."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def send(self, route: Route, **changes: Any) -> Answer:
        key, if_match = changes.pop("key", "key-1"), changes.pop("if_match", '"1"')
        headers = {"if-match": if_match} if route.matched and if_match else {}
        path = route.path.format(**dict.fromkeys(path_parameters(route.path), "nowhere_1"))
        given = {
            "caller": holder([route.scope] if route.scope else []),
            "raw": content(route) if route.body else b"",
            "key": key if route.keyed else None,
            "query": "",
            **changes,
        }
        query, more = given.pop("query"), given.pop("headers", {})
        headers["content-type"] = route.content_types[0]
        return self._api.call(route.method, path + query, headers=headers | more, **given)

    def otherwise(
        self, routes: Iterable[Route], expected: tuple[int, str], changes: Callable[[Route], dict[str, Any]]
    ) -> dict[str, Any]:
        """Routes that answer anything else than this status and code."""
        found = {}
        for route in routes:
            answer = self.send(route, **changes(route))
            code = answer.json.get("code") if answer.text.startswith("{") else ""
            if (answer.status, code) != expected:
                found[f"{route.method} {route.path}"] = (answer.status, answer.text[:300])
        return found


def example(route: Route) -> Any:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    return operation["requestBody"]["content"][route.content_types[0]]["example"]


def content(route: Route) -> bytes:
    return (urlencode(example(route), doseq=True) if route.form else json.dumps(example(route))).encode()


@pytest.fixture
def walk(api: Api, context: Context) -> Iterator[Walk]:
    before = everything(context)
    yield Walk(api)
    assert everything(context) == before, "a request that was refused left a trace"


def test_only_a_few_routes_are_open() -> None:
    assert {route.name for route in ROUTES if route.scope is None} == OPEN


def test_readings_of_the_staff_of_a_distributor_and_of_a_companys_sums_ask_whether_the_right_still_holds(
    walk: Walk, context: Context
) -> None:
    """Those of machine clients ask, too, and say that the client was disabled: `test_dismissed`."""
    current = [route for route in ROUTES if route.current and not (route.scope or "").startswith("machine.")]
    company = Caller.person("mbr_gone", "company", "owner", "cmp_1")
    operator = Caller.person("mbr_gone", "distributor", "operator", "dst_1")
    admin = Caller.person("mbr_gone", "staff", "admin", "club")
    leavers = {"staff": admin, "distributor": operator, "fulfilment": operator}
    with spent(context.table.client) as cost:
        found = walk.otherwise(
            current,
            (404, "not_found"),
            lambda route: {"caller": leavers.get((route.scope or "").split(".")[0], company)},
        )
    assert (found, set(cost.calls), len(cost.calls)) == ({}, {"GetItem"}, len(current))
    # Each has a budget of one read, for what the caller has seen before; the analytics read the membership with their rows.
    own = {"show_company", "show_tier", "show_bonuses"}
    assert {route.name for route in ROUTES if route.by_token} == own | {"show_analytics"}


def test_no_route_declares_the_404_that_its_path_brings() -> None:
    assert not [route.name for route in ROUTES if "not_found" in route.problems and path_parameters(route.path)]


def test_without_a_token_it_is_401(walk: Walk) -> None:
    assert walk.otherwise(SCOPED, (401, "unauthorized"), lambda route: {"caller": STRANGER}) == {}


def test_with_a_token_of_somebody_else_it_is_401(walk: Walk) -> None:
    foreign = Caller({"sub": "mbr_walker", "club_member": "mbr_walker", "scope": "openid email"})
    assert walk.otherwise(SCOPED, (401, "unauthorized"), lambda route: {"caller": foreign}) == {}


def test_with_every_scope_but_its_own_it_is_403(walk: Walk) -> None:
    def all_others(route: Route) -> dict[str, Any]:
        return {"caller": holder(set(SCOPES) - {route.scope})}

    of_companies = [route for route in SCOPED if roles_with("company", str(route.scope))]
    others = [route for route in SCOPED if route not in of_companies]
    assert walk.otherwise(of_companies, (403, "company_missing"), all_others) == {}
    assert walk.otherwise(others, (403, "scope_missing"), all_others) == {}


def test_the_403_names_the_scope(walk: Walk) -> None:
    for route in SCOPED:
        assert walk.send(route, caller=holder([])).json["scope"] == route.scope


def test_an_unknown_field_is_422_and_named(walk: Walk) -> None:
    for route in WITH_BODY:
        answer = walk.send(route, raw=json.dumps({**example(route), "no_such_field": 1}).encode())
        assert answer.status == 422, route.path
        faults = [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]]
        assert faults == [("/no_such_field", "unknown_field")], route.path


def test_an_unknown_query_parameter_is_422_and_named(walk: Walk) -> None:
    for route in STRICT:
        answer = walk.send(route, query="?no_such_parameter=1")
        assert answer.status == 422, route.path
        assert answer.json["errors"][0]["pointer"] == "/query/no_such_parameter", route.path


def test_broken_json_is_400(walk: Walk) -> None:
    for raw in (b"{", b"\xff\xfe", b'{"a": 1,}', b"[" * 100_000):
        assert walk.otherwise(WITH_BODY, (400, "body_not_json"), lambda route, raw=raw: {"raw": raw}) == {}


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"text"', b"1"])
def test_a_body_that_is_no_object_is_422(walk: Walk, raw: bytes) -> None:
    assert walk.otherwise(WITH_BODY, (422, "invalid"), lambda route: {"raw": raw}) == {}


def test_a_field_of_the_wrong_type_is_422_and_named(walk: Walk) -> None:
    for route in WITH_BODY:
        for name, wrong in wrong_values(route):
            answer = walk.send(route, raw=json.dumps({**example(route), name: wrong}).encode())
            assert answer.status == 422, (route.path, name, wrong, answer.text)
            pointers = [fault["pointer"] for fault in answer.json["errors"]]
            assert all(pointer.startswith(f"/{name}") for pointer in pointers), (route.path, name, pointers)


def wrong_values(route: Route) -> Iterator[tuple[str, Any]]:
    """Each field of the body with values that its schema refuses."""
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    model = DOCUMENT["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    for name, schema in model["properties"].items():
        validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
        for value in ({"a": {}}, {}, [[]], -1.5, 10**40, "x" * 200_000):
            # The rows of a list may each have their own result, as those of the catalogue do.
            if not validator.is_valid(value) and not (isinstance(value, list) and schema.get("type") == "array"):
                yield name, value


def test_a_body_over_the_limit_is_413(walk: Walk) -> None:
    too_much = b" " * (MOST_BODY_BYTES + 1)
    assert walk.otherwise(ROUTES, (413, "body_too_large"), lambda route: {"raw": too_much}) == {}


def test_another_media_type_is_415(walk: Walk) -> None:
    def other(route: Route) -> dict[str, Any]:
        return {"headers": {"content-type": JSON_TYPES[0] if route.form else FORM_TYPES[0]}}

    assert walk.otherwise(ROUTES, (415, "media_type_unsupported"), other) == {}


def test_a_body_where_none_is_taken_is_422(walk: Walk) -> None:
    bodiless = [route for route in ROUTES if not route.body]
    assert walk.otherwise(bodiless, (422, "invalid"), lambda route: {"raw": b'{"surprise": true}'}) == {}


def test_a_keyed_route_without_a_key_is_400(walk: Walk) -> None:
    assert walk.otherwise(KEYED, (400, "idempotency_key_missing"), lambda route: {"key": None}) == {}


@pytest.mark.parametrize("key", ["", '""', "a b", "x" * 129, "ключ", "a\tb"])
def test_a_malformed_key_is_400(walk: Walk, key: str) -> None:
    headers = {"headers": {"idempotency-key": key}}
    assert walk.otherwise(KEYED, (400, "idempotency_key_invalid"), lambda route: {"key": None, **headers}) == {}


def test_a_key_that_served_another_request_is_422(api: Api, context: Context) -> None:
    tx = Transaction()
    Once("mbr_walker#", "key-1", "of another request").remember(tx, context, 200, "{}", {})
    context.table.commit(tx)
    before = everything(context)
    assert KEYED
    assert Walk(api).otherwise(KEYED, (422, "idempotency_key_reused"), lambda route: {}) == {}
    assert everything(context) == before


def test_a_repeated_key_gets_the_first_answer_and_does_nothing_again(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is kept here is no answer of the route: it only has to come back as it is.
    monkeypatch.setattr(documented, "check", lambda *answer: None)
    walk = Walk(api)
    for route in KEYED:
        body = json.dumps(example(route)).encode() if route.body else b""
        path = route.path.format(**dict.fromkeys(path_parameters(route.path), "nowhere_1"))
        first = {"told": f"once by {route.name}"}
        tx = Transaction()
        key = f"key-of-{route.name}"
        Once("mbr_walker#", key, fingerprint(route.method, path, body)).remember(
            tx, context, 200, json.dumps(first), {}
        )
        context.table.commit(tx)
        before = everything(context)
        answer = walk.send(route, key=key)
        assert (answer.json, answer.headers["idempotency-replayed"]) == (first, "true"), route.name
        assert everything(context) == before, route.name


def test_a_matched_route_without_a_version_is_428(walk: Walk) -> None:
    assert walk.otherwise(MATCHED, (428, "precondition_required"), lambda route: {"if_match": None}) == {}


@pytest.mark.parametrize("version", ["*", '"x"', '"-1"', '"1", "2"', '"' + "9" * 40 + '"'])
def test_a_version_that_never_was_is_412(walk: Walk, version: str) -> None:
    assert walk.otherwise(MATCHED, (412, "precondition_failed"), lambda route: {"if_match": version}) == {}


def test_a_path_that_can_name_nothing_is_404(walk: Walk, api: Api) -> None:
    for route in (route for route in ROUTES if "{sku}" not in route.path):  # an article number may be nearly any text
        for name in ("x" * 65, "a%23b", "%D1%8F", "a b", "%00", "a%2Fb", "%252F"):
            if path_parameters(route.path):
                path = route.path.format(**dict.fromkeys(path_parameters(route.path), name))
                headers = {"content-type": route.content_types[0], "accept-language": "ru"}
                answer = api.call(route.method, path, holder([route.scope or ""]), headers=headers)
                assert answer.json["code"] == "not_found", (route.path, name)
                [thing] = re.findall("^Не найдено или вам не видно: (.+).$", answer.json["detail"])
                assert re.search("[а-я]", thing), (route.path, thing)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_refusals_speak_the_readers_language(walk: Walk, language: str) -> None:
    for route in SCOPED:
        answer = walk.send(route, caller=STRANGER, headers={"accept-language": language})
        assert answer.headers["content-language"] == language
        assert answer.json["title"].isascii() == (language == "en")


def test_every_answer_can_be_read_by_a_page_of_any_origin(walk: Walk) -> None:
    for route in ROUTES:
        answer = walk.send(route, query="?no_such_parameter=1")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Idempotency-Replayed" in answer.headers["access-control-expose-headers"]


def test_no_refusal_is_kept_by_a_cache(walk: Walk) -> None:
    for route in STRICT:
        assert walk.send(route, query="?no_such_parameter=1").headers["cache-control"] == "no-store"
