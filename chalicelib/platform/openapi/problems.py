"""Problems in the OpenAPI document: the codes of each route, and one response that types the members of all of them."""

import re

from chalicelib.platform.access.scopes import COMPANY_ROLES, scopes_of
from chalicelib.platform.http.problems import CONTENT_TYPE, KINDS, ProblemBody
from chalicelib.platform.http.routes import Route
from chalicelib.platform.openapi.examples import Schema

# A code is told once, as `x-codes`: with the response of all problems, with the parameter that brings it, or with the operation.
_ANYWHERE = frozenset({"invalid", "body_too_large", "media_type_unsupported", "too_many_requests", "internal", "busy"})
_USUAL = _ANYWHERE | {"body_not_json", "unauthorized", "scope_missing", "session_stale"}
OF_PATH = ("not_found",)
OF_KEY = ("idempotency_key_missing", "idempotency_key_invalid", "in_flight", "idempotency_key_reused")
OF_VERSION = ("precondition_failed", "precondition_required")

_MONEY = {"$ref": "#/components/schemas/Money"}
_UNIT_PRICE = {"$ref": "#/components/schemas/UnitPrice"}
_IDS = {"type": "array", "items": {"type": "string"}}


def _rows(**properties: Schema) -> Schema:
    return {"type": "array", "items": {"type": "object", "properties": properties}}


_TEXT, _COUNT = {"type": "string"}, {"type": "integer"}

# Further members of some problems, each with the codes that have it. They stand in one schema, so that every generator types them.
_MEMBERS: dict[str, tuple[str, Schema]] = {
    "scope": (
        "scope_missing, session_stale, company_missing, not_confirmed: the scope that the operation needs",
        _TEXT,
    ),
    "missing": (
        "cabinet_locked, and not_found of closed reports: the facts that the profile still needs, as in `GET /v1/me/privileges`",
        _IDS,
    ),
    "tries_left": ("wrong_code: the tries that are left for this code", _COUNT),
    "state": ("wrong_state: the present state", _TEXT),
    "lines": (
        "price_changed: `sku`, `quoted`, `unit_price`. out_of_stock: `line` from 0, `sku`, `quantity`, `left`, `at`. "
        "promotion_exhausted: `sku`, `unit_price`, `without_promotion`. offer_used: `sku`, `unit_price`, `without_offer`",
        _rows(
            sku=_TEXT,
            line=_COUNT,
            quantity=_COUNT,
            left=_COUNT,
            at={"type": ["string", "null"]},
            quoted=_TEXT,
            unit_price=_UNIT_PRICE,
            without_promotion=_UNIT_PRICE,
            without_offer=_UNIT_PRICE,
        ),
    ),
    "promotions": (
        "promotion_exhausted: promotions without room, the exceeded limit of each, and what is left of it",
        _rows(promotion_id=_TEXT, name=_TEXT, name_ru=_TEXT, limit=_TEXT, left=_TEXT),
    ),
    "offers": ("offer_used: ids of the offers", _IDS),
    "documents": ("debt_overdue: unpaid shipments", _rows(document=_TEXT, amount=_TEXT, due_on=_TEXT)),
    "limit": ("credit_exceeded: the credit limit. limit_exceeded: the name of the limit", {"anyOf": [_MONEY, _TEXT]}),
    "used": ("credit_exceeded: the part of the limit that open orders and debts take", _MONEY),
    "total": ("credit_exceeded: the sum of the order", _MONEY),
    "left": ("credit_exceeded, limit_exceeded, above_left: the sum that is left", _MONEY),
    "available": ("not_enough_bonus: the sum that can be spent", _MONEY),
}


def problem_codes(route: Route) -> set[str]:
    """The codes of all problems of this route, by its declaration."""
    codes = {*_ANYWHERE, *route.problems}
    if route.body and not route.form:
        codes.add("body_not_json")
    if route.scope is not None:
        codes |= {"unauthorized", "scope_missing", "session_stale"}
        if any(route.scope in scopes_of("company", role) for role in COMPANY_ROLES) and route.scope not in scopes_of(
            "", ""
        ):
            codes |= {"company_missing", "not_confirmed"}
    if path_parameters(route.path):
        codes.update(OF_PATH)
    if route.current:
        codes.add("not_found")
    if route.keyed:
        codes.update(OF_KEY)
    if route.matched:
        codes.update(OF_VERSION)
    return codes


def path_parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def own_codes(route: Route) -> list[str]:
    """The codes of a route that neither all operations nor its parameters bring, in the catalogue's order."""
    brought = _USUAL.union(OF_PATH if path_parameters(route.path) else (), OF_KEY if route.keyed else ())
    brought |= set(OF_VERSION if route.matched else ())
    return [code for code in KINDS if code in problem_codes(route) - brought]


_PROBLEM: Schema = {CONTENT_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}}}


def problem_response() -> Schema:
    """The default response of all operations: the catalogue of codes, and the usual ones as `x-codes`."""
    catalogue = "\n".join(f"- `{code}` ({kind.status}): {kind.title}" for code, kind in KINDS.items())
    return {
        "description": f"A problem. An operation has the codes of its `x-codes`, of those of its parameters, and of those here.\n\n{catalogue}",
        "x-codes": [code for code in KINDS if code in _USUAL],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("Content-Language", "Retry-After")},
        "content": _PROBLEM,
    }


def page_or_problem() -> Schema:
    """The response of an address that is not there, where people open it in a browser."""
    page = {"text/html; charset=utf-8": {"schema": {"type": "string"}}}
    return {"description": "Not found: a page, if the caller accepts one.", "content": {**_PROBLEM, **page}}


def with_members(body: Schema) -> Schema:
    """The schema of all problems: every code, and the members that only some have."""
    members = {name: {"description": f"Of {described}.", **schema} for name, (described, schema) in _MEMBERS.items()}
    code = {**body["properties"]["code"], "enum": list(KINDS)}
    return {**body, "properties": {**body["properties"], "code": code, **members}}
