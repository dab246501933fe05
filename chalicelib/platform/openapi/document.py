"""The OpenAPI 3.1 document of the declared routes and their pydantic models.

`chalicelib/openapi.json` is the committed output of `document`; a test fails when it is stale. Lambda serves the file and never imports
this module.

Weakest point: the problems of a handler itself are those that its route lists in `problems=`. The tests check every response that they
see against the document, so a missing code is found when a test meets it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from chalicelib.platform.access.scopes import MACHINE_SCOPES, RESOURCE_SERVER, SCOPES
from chalicelib.platform.http.forms import Text
from chalicelib.platform.http.problems import ProblemBody, status_phrase
from chalicelib.platform.http.respond import MOST_BODY_BYTES, PATH_PARAMETER, PATH_PARAMETERS
from chalicelib.platform.http.routes import Route
from chalicelib.platform.money import Money, UnitPrice
from chalicelib.platform.openapi.examples import Schema, example, schema_name
from chalicelib.platform.openapi.glossary import FIELDS, TOLD_ONCE
from chalicelib.platform.openapi.problems import (
    OF_KEY,
    OF_PATH,
    OF_VERSION,
    own_codes,
    page_or_problem,
    path_parameters,
    problem_response,
    with_members,
)
from chalicelib.platform.openapi.reference import TOKEN_URL, holders

Document = dict[str, Any]

VERSION = "1.0.0"

# In the order in which a newcomer needs them.
TAGS: dict[str, str] = {
    "members": "The club, the caller's profile and consents, and the open sections of the cabinet.",
    "programme": "The club's rules in plain words.",
    "sign-in": "Registration, sign-in with a code by email, and sessions.",
    "companies": "A partner's company: its profile and its people.",
    "tiers": "A company's tier, its discount, and the sum to the next step.",
    "sales": "A company's purchases.",
    "analytics": "Figures of a company's purchases, its statement of account, and the club's figures.",
    "catalogue": "Products with the company's own prices.",
    "prices": "Terms agreed with a company, and promotions.",
    "orders": "Orders, from quote to shipment, through the region's distributor.",
    "cart": "A member's cart, reorders, the usual order, and recommendations.",
    "webhooks": "Messages about orders to a distributor's own system.",
    "bonuses": "A company's bonuses: balances, postings and redemptions.",
    "goods": "Volume bonuses by period, and the goods in which they are paid.",
    "machines": "Postings by partners' systems: coalition bonuses and payments.",
    "reports": "Closed market reports.",
    "exports": "Whole tables as files, made in the background.",
    "letters": "Contacts with members: letters, calls, and the budget of both.",
    "retention": "Companies that go quiet: whom to call, and whether it helps.",
    "exchange": "Import of sales files.",
    "service": "Health and documentation of the API.",
}

ABOUT = f"""\
The portal of a partner club: purchases, tiers, prices and bonuses of partners, and orders through the distributor of their region.

**Token.** `Authorization: Bearer …` with the access token of `POST /v1/sign-in/confirm` (15 minutes; refresh it with
`POST /v1/sign-in/refresh`). Every operation names the scope it needs; rights come from the token, never from path or body.
Things of another company are `404`, as if they did not exist.

**Bodies.** JSON (`application/json`, UTF-8, at most {MOST_BODY_BYTES // 1024 // 1024} MiB), names in snake_case. Unknown fields and
unknown query parameters are refused. Money is `{{"amount": "1234.50", "currency": "RUB"}}`; the price of a unit below 10 has up to four
decimals. Times are RFC 3339 in UTC, dates ISO 8601, from 1970-01-01 to 2199-12-31.

**Names.** `…_id` is the id of a thing, `…_at` or `at` a moment, `…_on` a day of the club's calendar, `…_by` or `by` the id of the person who did it, `…_name` beside an id the
name of what it stands for, null for who left the club and in the answer to a step of an order; `name` is what people call it, `…_ru` the same in Russian, `…_percent` a share or a change in percent, `lines` are products with their quantities,
`en` and `ru` a text in these languages, `month` is written as YYYY-MM, `row_count` is the number of rows,
`bytes` the size of a file, `title` is for people, `reason` in words, `state` and `status` are the present ones, `day` one of the club's calendar, `as_of` the moment or the day of a state;
`first` and `last`, `from` and `to` are days, both included. `sku` is the article number, `quantity` in units of the product; `inn` the taxpayer
number (10 digits, of a sole trader 12), `kpp` the code of a branch; `currency` is in ISO 4217, `region` in ISO 3166-2, `phone` in E.164, `email`
an address, `language` that of letters and pages, `version` for `If-Match`; `brand` is a name, `category` a code, both empty for none, `unit` that of measure,
`business_date` the day of a document, `number` the short one for people, `code` a word for programs that never changes, `detail` a sentence in the language of the answer,
`note` a text for whoever reads it, `content_type` that of a file. A query parameter without a description is a filter by the field of this name.

**Problems.** Every error is `application/problem+json` (RFC 9457). `code` is for programs and never changes; `title` is for
people, in Russian or English as the header `Accept-Language` of any request asks; `errors` names each wrong value by JSON Pointer (`/lines/0/quantity`,
`/query/limit`). Unknown paths and methods have the same shape.

**Lists** have `items` and `next_cursor`; send it as `cursor` to get the next page. A cursor is valid for its caller and filter only.
All filters that are given hold together; a filtered page may hold fewer items than `limit`, or none: read on while there is a `next_cursor`.

**Repeated requests.** Where `Idempotency-Key` is required, a repeat with the same key and body has no second effect and
gets the first response again, with `Idempotency-Replayed: true`. Keys are kept for 7 days.

**Changes.** Where `If-Match` is required, send the `ETag` you read: `412` means that the thing has changed since.
"""

_MESSAGE_HEADERS = {
    "webhook-id": "The id of the message, the same at each delivery: process each once.",
    "webhook-timestamp": "The time of sending, in seconds since 1970: refuse a message that is minutes old.",
    "webhook-signature": "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; several of them, separated by spaces, while a secret is rotated.",
}

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Your id of this request, bare or in double quotes: 1 to 128 visible ASCII characters. "
    "The response to a repeat has the header `Idempotency-Replayed: true`.",
    "schema": {"type": "string", "pattern": '^("[!-~]{1,128}"|[!#-~][!-~]{0,127})$'},
    "example": "5e2b8f0c-0d53-4a5c-9c1e-2f4c5c1f7f10",
    "x-codes": OF_KEY,
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of the version that you read.",
    "schema": {"type": "string", "pattern": r'^"\d{1,15}"$'},
    "example": '"3"',
    "x-codes": OF_VERSION,
}

_HEADERS: dict[str, Schema] = {
    "ETag": {"description": "The version, for `If-Match`.", "schema": {"type": "string", "pattern": r'^"\d+"$'}},
    "Location": {"description": "The path of the new thing.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": r"^\d+$"}},
    "Content-Language": {
        "description": "The language of the title.",
        "schema": {"type": "string", "enum": ["ru", "en"]},
    },
}

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def document(routes: Iterable[Route], bodies: Mapping[str, Any] | None = None) -> Document:
    """The whole document. The order of declarations does not matter. `bodies`: examples that are known, by the operation's id."""
    ordered = sorted(routes, key=lambda route: (_tag_order(route.tag), route.path, _METHODS.index(route.method)))
    references, components = _schemas(ordered)
    versioned = {route.path for route in ordered if route.matched}
    paths: dict[str, dict[str, Any]] = {}
    for route in ordered:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, references, components, carries_version=route.path in versioned, body=(bodies or {}).get(route.name)
        )
    for model in {route.query for route in ordered if route.query}:
        components.pop(schema_name(references[model, "validation"]))
    components[ProblemBody.__name__] = with_members(components[ProblemBody.__name__])
    for schema in components.values():
        for name, field in schema.get("properties", {}).items():
            if name in FIELDS.keys() - TOLD_ONCE and "description" not in field and "$ref" not in field:
                field["description"] = FIELDS[name]
            _tell_default(field, asked=name not in schema.get("required", []))
            if schema.get("additionalProperties") is False or "pattern" in field:
                field.pop("examples", None)  # the request's own example has it, or the pattern tells it
    written: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Partner club",
            "version": VERSION,
            "summary": "The portal API of a partner club.",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ".", "description": "The address of this document."}],
        "tags": [{"name": tag, "description": TAGS[tag]} for tag in TAGS if any(route.tag == tag for route in ordered)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": f"The access token of a person, or of a machine client. Its scopes:\n\n{_scopes(ordered)}",
                },
                "machine": {
                    "type": "oauth2",
                    "description": "The access token of a machine client.",
                    "flows": {"clientCredentials": {"tokenUrl": TOKEN_URL, "scopes": _machine_scopes(ordered)}},
                },
            },
            "parameters": {
                "IdempotencyKey": _IDEMPOTENCY_KEY,
                "IfMatch": _IF_MATCH,
                **{name: _path_parameter(name) for route in ordered for name in path_parameters(route.path)},
            },
            "headers": _HEADERS,
            "responses": {"Problem": problem_response(), "Page": page_or_problem()},
            "schemas": dict(sorted(components.items())),
        },
    }
    return _with_parameters(_with_views(written))


def _with_parameters(written: Document) -> Document:
    """The document with each query parameter of three operations or more told once, in the form that most of them have."""
    operations = [each for methods in written["paths"].values() for each in methods.values()]
    counted = Counter(
        json.dumps(each) for operation in operations for each in operation.get("parameters", []) if "name" in each
    )
    shared = written["components"]["parameters"]
    references = {}
    for text, uses in counted.most_common():
        name = json.loads(text)["name"]
        place = name if name not in shared else f"{name}_filter"  # a path may have a parameter of this name
        if uses > 2 and place not in shared:
            shared[place] = json.loads(text)
            references[text] = {"$ref": f"#/components/parameters/{place}"}
    for operation in operations:
        if "parameters" in operation:
            operation["parameters"] = [references.get(json.dumps(each), each) for each in operation["parameters"]]
    return written


def _tell_default(field: Schema, *, asked: bool) -> None:
    """The default in words: of a field with a `default`, generators ask in every request. Emptiness goes without saying."""
    default = field.pop("default", None)
    if asked and default and not isinstance(default, dict):
        words = f"By default `{default if isinstance(default, str) else json.dumps(default)}`."
        field["description"] = f"{field['description']} {words}" if "description" in field else words


def _short(schema: Any) -> Any:
    """`anyOf` of a plain type and null as a list of types: half the length, and the same. JSON Schema has no bounds of a day."""
    if isinstance(schema, list):
        return [_short(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _short(each) for name, each in schema.items() if "format" not in schema or name not in ("ge", "le")}
    kinds = made.get("anyOf", [])
    if (
        len(kinds) == 2
        and kinds[1] == {"type": "null"}
        and isinstance(kinds[0].get("type"), str)
        and "enum" not in kinds[0]
    ):
        del made["anyOf"]
        return {**kinds[0], "type": [kinds[0]["type"], "null"], **made}
    return made


def _with_views(written: Document) -> Document:
    """The document with two schemas for a form that is also shown: `…Form`, and `…View`, in which nothing is left out."""
    text = json.dumps(_short(written), ensure_ascii=False)
    for suffix, ending in (("Input", "Form"), ("Output", "View")):
        text = re.sub(rf"(\w+?)(?:Form)?-{suffix}\b", rf"\1{ending}", text)
    renamed: Document = json.loads(text)
    for schema in renamed["components"]["schemas"].values():
        schema.pop("title", None)  # a generator takes the schema's own name, which is unique
    return renamed


def _tag_order(tag: str) -> tuple[int, str]:
    # A tag that nobody described comes last; a test asks for its description.
    return (list(TAGS).index(tag) if tag in TAGS else len(TAGS)), tag


def _operation(
    route: Route, references: "References", components: dict[str, Schema], *, carries_version: bool, body: Any
) -> Schema:
    operation: Schema = {"operationId": route.name, "tags": [route.tag], "summary": route.summary}
    if route.description:
        operation["description"] = _description(route)
    operation["security"] = _security(route)
    if parameters := _parameters(route, references, components):
        operation["parameters"] = parameters
    if route.body:
        schema = references[route.body, "validation"]
        told = example(schema, components) if body is None else body
        operation["requestBody"] = {
            "required": True,
            "content": {content_type: {"schema": schema, "example": told} for content_type in route.content_types},
        }
    operation["responses"] = {
        str(route.status): _success(route, references, components, carries_version=carries_version),
        "default": {"$ref": "#/components/responses/Problem"},
    }
    if route.is_for_browsers:
        operation["responses"]["404"] = {"$ref": "#/components/responses/Page"}
    if codes := own_codes(route):
        operation["x-codes"] = codes
    if route.sends:
        operation["callbacks"] = _callbacks(route, references, components)
    return operation


def _security(route: Route) -> list[Schema]:
    if route.scope is None:
        return []
    machine = [{"machine": [f"{RESOURCE_SERVER}/{route.scope}"]}] if route.scope in MACHINE_SCOPES else []
    return [{"token": [route.scope]}, *machine]


def _scopes(routes: Sequence[Route]) -> str:
    used = {route.scope for route in routes}
    return "\n".join(f"- `{scope}`: {SCOPES[scope]}; {holders(scope)}" for scope in SCOPES if scope in used)


def _machine_scopes(routes: Sequence[Route]) -> dict[str, str]:
    used = sorted({route.scope for route in routes if route.scope in MACHINE_SCOPES and route.scope})
    return {f"{RESOURCE_SERVER}/{scope}": SCOPES[scope] for scope in used}


def _callbacks(route: Route, references: "References", components: dict[str, Schema]) -> Schema:
    """The messages that are posted later to the address in the request."""
    schemas = [references[model, "serialization"] for model in route.sends]
    content = {"schema": {"oneOf": schemas}, "example": example(schemas[0], components)}
    post = {
        "operationId": f"{route.name}_message",
        "summary": "A message to the endpoint.",
        "description": "Signed as Standard Webhooks has it; the body is what the signature is of, byte by byte.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": described, "schema": {"type": "string"}}
            for name, described in _MESSAGE_HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {"2XX": {"description": "It is taken. After any other answer it comes again."}},
    }
    return {"message": {"{$request.body#/url}": {"post": post}}}


def _description(route: Route) -> str:
    """A docstring breaks its lines for the editor, not for the reader."""
    return "\n\n".join(" ".join(part.split()) for part in route.description.split("\n\n"))


def _parameters(route: Route, references: "References", components: dict[str, Schema]) -> list[Schema]:
    parameters: list[Schema] = [{"$ref": f"#/components/parameters/{name}"} for name in path_parameters(route.path)]
    if route.query:
        model = components[schema_name(references[route.query, "validation"])]
        for name, found in model.get("properties", {}).items():
            schema = _never_null(found)
            parameter = {"name": name, "in": "query"}
            parameter |= {"description": schema.pop("description")} if "description" in schema else {}
            parameter |= {"required": True} if name in model.get("required", []) else {}
            parameters.append(parameter | {"schema": schema})
    if route.keyed:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if route.matched:
        parameters.append({"$ref": "#/components/parameters/IfMatch"})
    return parameters


def _path_parameter(name: str) -> Schema:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The {name.removesuffix('_id').replace('_', ' ')}.",
        "schema": {"type": "string", "pattern": PATH_PARAMETERS.get(name, PATH_PARAMETER)},
        "x-codes": OF_PATH,
    }


def _never_null(schema: Schema) -> Schema:
    """A query parameter is there or not; it cannot be null."""
    kept = {name: value for name, value in schema.items() if not (name == "default" and value is None)}
    if "anyOf" in kept:
        kinds = [kind for kind in kept["anyOf"] if kind.get("type") != "null"]
        if len(kinds) == 1:
            kept = {**{name: value for name, value in kept.items() if name != "anyOf"}, **kinds[0]}
    return kept


def _success(route: Route, references: "References", components: dict[str, Schema], *, carries_version: bool) -> Schema:
    answer: Schema = {"description": status_phrase(route.status)}
    headers = []
    if carries_version and route.method != "DELETE":
        headers.append("ETag")
    if route.located:
        headers.append("Location")
    if headers:
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    if route.answer is Text:
        page = route.content_type.startswith("text/")
        answer["content"] = {route.content_type: {"schema": {"type": "string" if page else "object"}}}
    elif route.answer:
        schema = references[route.answer, "serialization"]
        answer["content"] = {route.content_type: {"schema": schema}}
    return answer


# --- schemas ----------------------------------------------------------------------------------------------------------

References = Mapping[tuple[Any, Any], Schema]


class _JsonSchema(GenerateJsonSchema):
    def normalize_name(self, name: str) -> str:
        """A page of a list is named after its rows."""
        return super().normalize_name(re.sub(r"\w+Page\[(\w+)View\]", r"\1Page", name))

    def decimal_schema(self, schema: Any) -> Schema:
        """A number or its text, with as many digits as the field takes."""
        found = super().decimal_schema(schema)
        if self.mode == "validation" and "max_digits" in schema and "decimal_places" in schema:
            whole, places = schema["max_digits"] - schema["decimal_places"], schema["decimal_places"]
            number, text = found["anyOf"]
            number.setdefault("exclusiveMaximum", 10**whole)
            text["pattern"] = rf"^[+-]?\d{{1,{whole}}}(\.\d{{1,{places}}})?$"
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A title that repeats the field's name says nothing."""
        return False

    def field_is_required(self, field: Any, *rest: Any, **named: Any) -> bool:
        """An answer has all its fields, whether or not they have a default in the code."""
        return self.mode == "serialization" or super().field_is_required(field, *rest, **named)


def _schemas(routes: Sequence[Route]) -> tuple[References, dict[str, Schema]]:
    """The reference of each model of the routes, and all schemas."""
    models: set[tuple[type[BaseModel], Any]] = {
        (ProblemBody, "validation"),
        (Money, "serialization"),
        (UnitPrice, "serialization"),
    }
    for route in routes:
        models |= {(model, "validation") for model in (route.body, route.query) if model}
        models |= {(model, "serialization") for model in route.sends}
        models |= {(route.answer, "serialization")} if route.answer and route.answer is not Text else set()
    ordered = sorted(models, key=lambda each: (each[0].__module__, each[0].__qualname__, each[1]))
    references, found = models_json_schema(
        ordered, ref_template="#/components/schemas/{model}", schema_generator=_JsonSchema
    )
    return references, dict(found["$defs"])
